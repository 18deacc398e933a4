package dev.weft.mp4sr.model;

import static dev.weft.mp4sr.model.TinyModel.assertClose;
import static dev.weft.mp4sr.model.TinyModel.lively;
import static dev.weft.mp4sr.model.TinyModel.normal;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.nn.Mode;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SequenceEncoderTest {
  private static final int ROWS = 9;
  private final M2seConfig config = TinyModel.config().maxLength(40).build();
  private final SequenceEncoder encoder = SequenceEncoder.create(lively(3), config);
  private final Tensor table = normal(4, ROWS, 4);

  private void check(List<int[]> sequences) {
    SequenceBatch batch = SequenceBatch.of(sequences, 40);
    Variable encoded = encoder.forward(Variable.of(table), batch, Mode.inference());
    double[][] rows = Equations.rows(table);
    double[][] actual = Equations.rows(encoded.value());
    for (int i = 0; i < sequences.size(); i++) {
      double[][] items =
          Arrays.stream(sequences.get(i)).mapToObj(row -> rows[row]).toArray(double[][]::new);
      assertClose(Equations.encode(items, encoder), actual[i], 1e-9);
    }
  }

  @Test
  void lengthsOfEveryGroup() {
    Random random = new Random(5);
    List<int[]> sequences = new ArrayList<>();
    for (int length : new int[] {40, 1, 8, 9, 17, 2, 33, 16, 32, 1, 5}) {
      sequences.add(random.ints(length, 0, ROWS).toArray());
    }
    check(sequences);
  }

  @Test
  void allPaddingButOne() {
    check(List.of(new int[] {3}));
    check(List.of(new int[] {3}, new int[] {3}, new int[] {0}));
    check(List.of(new int[] {3}, new int[] {8, 7, 6, 5, 4, 3, 2, 1, 0}));
  }

  @Test
  void oneLayer() {
    SequenceEncoder shallow = SequenceEncoder.create(lively(3), config.with().layers(1).build());
    SequenceBatch batch = SequenceBatch.of(List.of(new int[] {1, 2, 3}), 40);
    Variable encoded = shallow.forward(Variable.of(table), batch, Mode.inference());
    double[][] rows = Equations.rows(table);
    assertClose(
        Equations.encode(new double[][] {rows[1], rows[2], rows[3]}, shallow),
        encoded.value().toDoubles(),
        1e-9);
  }

  @Test
  void whatStandsInPaddingDoesNotMatter() {
    Tensor lengths = Tensor.of(new int[] {2, 4}, 2);
    Tensor zeros = Tensor.of(new int[] {1, 2, 0, 0, 5, 6, 7, 8}, 2, 4);
    Tensor others = Tensor.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 4);
    assertArrayEquals(
        encoder
            .forward(Variable.of(table), new SequenceBatch(zeros, lengths), Mode.inference())
            .value()
            .toDoubles(),
        encoder
            .forward(Variable.of(table), new SequenceBatch(others, lengths), Mode.inference())
            .value()
            .toDoubles());
  }

  @Test
  void everyPositionIsAHistoryOfItsOwn() {
    List<int[]> sequences =
        List.of(new int[] {3, 1, 4, 1, 5}, new int[] {2}, new int[] {8, 7, 6, 5, 4, 3, 2, 1, 0});
    SequenceBatch batch = SequenceBatch.of(sequences, 40).everyPosition();
    assertEquals(15, batch.cases());
    Tensor encoded = encoder.forward(Variable.of(table), batch, Mode.inference()).value();
    List<int[]> prefixes = new ArrayList<>();
    for (int[] sequence : sequences) {
      for (int length = 1; length <= sequence.length; length++) {
        prefixes.add(Arrays.copyOf(sequence, length));
      }
    }
    SequenceBatch alone = SequenceBatch.of(prefixes, 40);
    Tensor expected = encoder.forward(Variable.of(table), alone, Mode.inference()).value();
    assertClose(expected.toDoubles(), encoded.toDoubles(), 1e-12);
  }

  @Test
  void gradients() {
    SequenceBatch batch =
        SequenceBatch.of(
            List.of(new int[] {3}, new int[] {8, 7, 6, 5, 4, 3, 2, 1, 0}, new int[] {1, 1, 4}), 9);
    TinyModel.checkGradients(
        weights ->
            SequenceEncoder.create(weights, config.with().maxLength(9).build())
                .forward(
                    weights.parameter("table", dev.weft.nn.Init.ones(), ROWS, 4),
                    batch,
                    Mode.inference()));
  }

  @Test
  void dropoutIsOfTheSource() {
    SequenceBatch batch = SequenceBatch.of(List.of(new int[] {1, 2, 3}, new int[] {4}), 40);
    double[] first = train(batch, 7);
    assertArrayEquals(first, train(batch, 7));
    assertTrue(!Arrays.equals(first, train(batch, 8)));
  }

  private double[] train(SequenceBatch batch, long seed) {
    Mode mode = Mode.training(new RandomSource(seed));
    return encoder.forward(Variable.of(table), batch, mode).value().toDoubles();
  }

  @Test
  void attentionMapsLookBack() {
    Tensor rows = Tensor.of(new int[] {1, 2, 3, 4}, 1, 4);
    List<Tensor> maps = encoder.attentionMaps(Variable.of(table), rows);
    assertEquals(2, maps.size());
    double[] map = maps.get(1).toDoubles();
    for (int head = 0; head < 2; head++) {
      for (int query = 0; query < 4; query++) {
        double sum = 0;
        for (int key = 0; key < 4; key++) {
          double weight = map[(head * 4 + query) * 4 + key];
          sum += weight;
          assertTrue(key <= query || weight == 0);
        }
        assertEquals(1, sum, 1e-12);
      }
    }
  }

  @Test
  void tooLongIsRefused() {
    int[] many = Collections.nCopies(41, 1).stream().mapToInt(i -> i).toArray();
    SequenceBatch batch = SequenceBatch.of(List.of(many), 41);
    TensorException refused =
        assertThrows(
            TensorException.class,
            () -> encoder.forward(Variable.of(table), batch, Mode.inference()));
    assertTrue(refused.getMessage().contains("41 items, but positions for 40"), refused.toString());
  }
}
