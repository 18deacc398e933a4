package dev.weft.mp4sr.model;

import static dev.weft.mp4sr.model.Equations.rows;
import static dev.weft.mp4sr.model.TinyModel.assertClose;
import static dev.weft.mp4sr.model.TinyModel.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.GradientCheck;
import dev.weft.autograd.Variable;
import dev.weft.mp4sr.model.M2seConfig.Duplicates;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NextItemPredictionTest {
  private static final int[] NEXT = {4, 2, 4, 9, 2, 4};

  private static Double replaced(Duplicates duplicates) {
    return switch (duplicates) {
      case LEFT_OUT -> 0.0;
      case ZERO_LOGIT -> 1.0;
      case KEPT -> null;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "LEFT_OUT, 0.07",
    "ZERO_LOGIT, 0.07",
    "KEPT, 0.07",
    "LEFT_OUT, 0.01",
    "ZERO_LOGIT, 0.01"
  })
  void asInThePaper(Duplicates duplicates, double temperature) {
    for (int seed = 0; seed < 5; seed++) {
      Tensor m = normal(seed, 6, 8);
      Tensor crossed = normal(seed + 50, 6, 8);
      Tensor z = normal(seed + 90, 6, 8);
      assertClose(
          Equations.nextItem(
              new double[][][] {rows(m), rows(crossed)},
              rows(z),
              NEXT,
              temperature,
              replaced(duplicates)),
          loss(List.of(m, crossed), z, NEXT, temperature, duplicates),
          1e-10);
      assertClose(
          Equations.nextItem(
              new double[][][] {rows(m)}, rows(z), NEXT, temperature, replaced(duplicates)),
          loss(List.of(m), z, NEXT, temperature, duplicates),
          1e-10);
    }
  }

  private static double loss(
      List<Tensor> sequences, Tensor z, int[] next, double temperature, Duplicates duplicates) {
    List<Variable> variables = sequences.stream().map(Variable::of).toList();
    return NextItemPrediction.loss(
            variables, Variable.of(z), temperature, new Negatives(next, duplicates, null))
        .value()
        .item();
  }

  @ParameterizedTest
  @EnumSource
  void nothingToTellApartCostsNothing(Duplicates duplicates) {
    List<Tensor> sequences = List.of(normal(1, 1, 8), normal(2, 1, 8));
    assertEquals(0, loss(sequences, normal(3, 1, 8), new int[] {5}, 0.07, duplicates), 1e-12);
    // Three rows that all go to one item have no negatives either, if those are left out.
    List<Tensor> three = List.of(normal(1, 3, 8));
    Tensor same = normal(3, 1, 8).expand(dev.weft.tensor.Shape.of(3, 8));
    double loss = loss(three, same, new int[] {5, 5, 5}, 0.07, duplicates);
    assertEquals(duplicates == Duplicates.LEFT_OUT ? 0 : loss, loss, 1e-12);
    assertTrue(loss > -1e-12, "loss " + loss);
  }

  @Test
  void staysFiniteInSinglePrecision() {
    // The next item points the other way and a negative the same way: the worst there is.
    Tensor m = Tensor.of(new float[] {1, 0, -1, 0}, 2, 2);
    Tensor z = Tensor.of(new float[] {-1, 0, 1, 0}, 2, 2);
    Variable sequence = Variable.parameter(m);
    Variable loss =
        NextItemPrediction.loss(
            List.of(sequence),
            Variable.of(z),
            0.01,
            new Negatives(new int[] {1, 2}, Duplicates.LEFT_OUT, null));
    assertEquals(200, loss.value().item(), 1e-3);
    loss.backward();
    for (double gradient : sequence.grad().toDoubles()) {
      assertTrue(Double.isFinite(gradient), "gradient " + gradient);
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradients(Duplicates duplicates) {
    GradientCheck.check(
        in ->
            NextItemPrediction.loss(
                List.of(in.get(0), in.get(1)),
                in.get(2),
                0.3,
                new Negatives(NEXT, duplicates, null)),
        normal(1, 6, 4),
        normal(2, 6, 4),
        normal(3, 6, 4));
  }

  @Test
  void singlePrecisionAgrees() {
    Tensor m = normal(1, 6, 8);
    Tensor z = normal(2, 6, 8);
    double exact = loss(List.of(m), z, NEXT, 0.07, Duplicates.LEFT_OUT);
    List<Tensor> single = List.of(Ops.cast(m, DType.F32));
    assertClose(exact, loss(single, Ops.cast(z, DType.F32), NEXT, 0.07, Duplicates.LEFT_OUT), 1e-5);
  }
}
