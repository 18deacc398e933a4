package dev.weft.mp4sr.model;

import static dev.weft.mp4sr.model.Equations.rows;
import static dev.weft.mp4sr.model.TinyModel.assertClose;
import static dev.weft.mp4sr.model.TinyModel.lively;
import static dev.weft.mp4sr.model.TinyModel.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.weft.autograd.GradientCheck;
import dev.weft.autograd.Variable;
import dev.weft.autograd.op.Add;
import dev.weft.mp4sr.model.M2seConfig.CmclForm;
import dev.weft.mp4sr.model.M2seConfig.Duplicates;
import dev.weft.mp4sr.model.M2seConfig.OwnHistory;
import dev.weft.nn.Mode;
import dev.weft.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows of the same history are no negatives of each other. */
class NegativesTest {
  private static final int[] NEXT = {1, 2, 3, 4, 5, 6};
  private static final int[] HISTORIES = {0, 0, 1, 2, 2, 2};
  private static final Negatives OWN_LEFT_OUT = new Negatives(NEXT, Duplicates.LEFT_OUT, HISTORIES);

  @ParameterizedTest
  @EnumSource
  void ownHistoriesAreLeftOutOfBothLosses(CmclForm form) {
    Tensor m = normal(1, 6, 8);
    Tensor crossed = normal(2, 6, 8);
    Tensor z = normal(3, 6, 8);
    double nip =
        NextItemPrediction.loss(
                List.of(Variable.of(m), Variable.of(crossed)), Variable.of(z), 0.3, OWN_LEFT_OUT)
            .value()
            .item();
    // Items are all different, so that to the equations histories may stand in their place.
    double[][][] sequences = {rows(m), rows(crossed)};
    assertClose(Equations.nextItem(sequences, rows(z), HISTORIES, 0.3, 0.0), nip, 1e-10);
    double contrast =
        CrossModalityContrast.loss(Variable.of(m), Variable.of(z), 0.3, form, OWN_LEFT_OUT)
            .value()
            .item();
    boolean mirrored = form == CmclForm.MIRROR_SYMMETRIC;
    double expected =
        Equations.contrast(
            rows(m), rows(z), 0.3, mirrored, (i, j) -> HISTORIES[i] == HISTORIES[j], 0.0);
    assertClose(expected, contrast, 1e-10);
  }

  @Test
  void gradients() {
    GradientCheck.check(
        in ->
            Add.add(
                NextItemPrediction.loss(List.of(in.get(0)), in.get(1), 0.3, OWN_LEFT_OUT),
                CrossModalityContrast.loss(
                    in.get(0), in.get(1), 0.3, CmclForm.REFERENCE, OWN_LEFT_OUT)),
        normal(1, 6, 4),
        normal(2, 6, 4));
  }

  /** A step over every position of two histories, and over their prefixes one by one. */
  @Test
  void aStepTellsHistoriesApartByTheirRows() {
    TrainingBatch single =
        TinyModel.batch(new int[] {2, 4, 5}, new int[] {1}, new int[] {1, 2}, new int[] {6});
    SequenceBatch rows = SequenceBatch.of(List.of(new int[] {1, 2}, new int[] {6}), 6);
    TrainingBatch every = new TrainingBatch(rows.everyPosition(), Tensor.of(new int[] {2, 4, 5}));
    double kept = loss(every, OwnHistory.KEPT);
    assertEquals(loss(single, OwnHistory.KEPT), kept, 1e-10);
    assertEquals(kept, loss(single, OwnHistory.LEFT_OUT), 1e-10, "each is a history of its own");
    assertNotEquals(kept, loss(every, OwnHistory.LEFT_OUT), 1e-3);
  }

  private static double loss(TrainingBatch batch, OwnHistory ownHistory) {
    M2seConfig config = TinyModel.config().ownHistory(ownHistory).build();
    return PretrainingTask.create(lively(3), config, TinyModel.complete())
        .loss(batch, null, Mode.inference(), LossListener.NONE)
        .value()
        .item();
  }
}
