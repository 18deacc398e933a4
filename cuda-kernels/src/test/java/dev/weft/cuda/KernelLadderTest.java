package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Counters;
import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every version of every kernel, as PTX of every generation, against the reference backend in
 * double precision; and that the fast version does what it is there for, by the machine's counters.
 */
class KernelLadderTest {
  private static final double ROUNDOFF = 0x1p-24;

  private final ReferenceBackend reference = new ReferenceBackend();
  private final Random random = new Random(7);

  private float[] normal(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Tensor exact(float[] values, int... dims) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return Tensor.of(wide, dims);
  }

  private static Tensor result(int... dims) {
    return Tensor.zeros(DType.F64, dims);
  }

  private static void assertClose(Tensor expected, float[] actual, double tolerance, String what) {
    double[] wanted = expected.toDoubles();
    assertEquals(wanted.length, actual.length);
    for (int i = 0; i < wanted.length; i++) {
      if (Double.isNaN(wanted[i])) {
        assertTrue(Float.isNaN(actual[i]), what + " at " + i);
        continue;
      }
      assertEquals(
          wanted[i], actual[i], tolerance * Math.max(1, Math.abs(wanted[i])), what + " at " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void dropoutHasTheBitsOfTheProcessor(int capability) {
    RandomKey key = new RandomKey(0x9E37_79B9_7F4A_7C15L, 11);
    for (int n : new int[] {1, 2, 3, 4, 601}) {
      float[] x = normal(n);
      Tensor expected = Tensor.zeros(DType.F32, n);
      reference.dropout(Tensor.of(x, n), 0.3, key, expected);
      for (String kernel : new String[] {"dropout_plain", "dropout"}) {
        Card card = Card.of("dropout", capability);
        long out = card.empty(n);
        Arguments arguments =
            new Arguments()
                .add(card.put(x))
                .add(out)
                .add(0.3)
                .add((float) (1 / (1 - 0.3)))
                .add(key.seed())
                .add(key.stream())
                .add(n);
        card.launch(kernel, (n + Card.BLOCK - 1) / Card.BLOCK, Card.BLOCK, arguments);
        float[] dropped = card.floats(out, n);
        assertClose(expected, dropped, 2 * ROUNDOFF, kernel);
        for (int i = 0; i < n; i++) {
          assertEquals(expected.toFloats()[i] == 0, dropped[i] == 0, "the same mask");
        }
      }
    }
  }

  // ---- Rows ----------------------------------------------------------------------------------

  private static final int[][] ROWS = {{1, 1}, {3, 7}, {5, 33}, {33, 130}, {2, 700}};

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void sumsOfRows(int capability) {
    for (int[] size : ROWS) {
      int rows = size[0];
      int n = size[1];
      float[] x = normal(rows * n);
      Tensor expected = result(rows, 1);
      reference.reduce(ReduceOp.SUM, exact(x, rows, n), expected);
      Card plain = Card.of("reduce", capability);
      long out = plain.empty(rows);
      plain.launch(
          "row_sum_plain",
          1,
          Card.BLOCK,
          new Arguments().add(plain.put(x)).add(out).add(rows).add(n));
      assertClose(expected, plain.floats(out, rows), n * ROUNDOFF, "row_sum_plain");
      Card fast = Card.of("reduce", capability);
      long sums = fast.empty(rows);
      fast.launch(
          "row_sum", rows, Card.BLOCK, new Arguments().add(fast.put(x)).add(sums).add(rows).add(n));
      assertClose(expected, fast.floats(sums, rows), n * ROUNDOFF, "row_sum");
      assertTrue(
          rows < 32 || 3 * fast.counters().globalSectors() < plain.counters().globalSectors());
    }
  }

  // ---- Optimiser -----------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void adamwOneTensorALaunchOrAllInOne(int capability) {
    AdamOptions options = new AdamOptions(1e-2, 0.9, 0.99, 1e-6, 0.1, true, 3);
    int[] lengths = {5, 128, 300, 1};
    float[][] first = new float[4][];
    Card card = Card.of("adam", capability);
    ByteBuffer table = ByteBuffer.allocate(40 * lengths.length).order(ByteOrder.LITTLE_ENDIAN);
    int[] firstBlock = new int[lengths.length];
    int blocks = 0;
    byte[] step =
        Card.structure(
            1e-2f,
            0.9f,
            0.99f,
            1e-6f,
            0.1f,
            (float) (1 - Math.pow(0.9, 3)),
            (float) (1 - Math.pow(0.99, 3)));
    Tensor[] expected = new Tensor[lengths.length];
    long[] weights = new long[lengths.length];
    for (int t = 0; t < lengths.length; t++) {
      int n = lengths[t];
      float[][] values = {normal(n), normal(n), normal(n), normal(n)};
      for (int i = 0; i < n; i++) {
        values[3][i] = Math.abs(values[3][i]);
      }
      expected[t] = exact(values[0], n);
      reference.adamStep(
          options, expected[t], exact(values[1], n), exact(values[2], n), exact(values[3], n));
      ByteBuffer alone = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
      weights[t] = entry(card, values, table);
      long plain = entry(card, values, alone);
      int own = (n + Card.BLOCK - 1) / Card.BLOCK;
      card.launch("adamw_plain", own, Card.BLOCK, new Arguments().add(alone.array()).add(step));
      first[t] = card.floats(plain, n);
      assertClose(expected[t], first[t], 64 * ROUNDOFF, "adamw_plain");
      firstBlock[t] = blocks;
      blocks += own;
    }
    Arguments all =
        new Arguments()
            .add(card.put(table.array()))
            .add(card.put(Card.structure(firstBlock)))
            .add(lengths.length)
            .add(step);
    card.launch("adamw", blocks, Card.BLOCK, all);
    for (int t = 0; t < lengths.length; t++) {
      assertArrayEquals(
          first[t], card.floats(weights[t], lengths[t]), "the same bits in one launch");
    }
  }

  /** Puts weight, gradient and moments on the card and their addresses into the table. */
  private static long entry(Card card, float[][] values, ByteBuffer table) {
    long weight = 0;
    for (int i = 0; i < 4; i++) {
      long address = card.put(values[i]);
      weight = i == 0 ? address : weight;
      table.putLong(address);
    }
    table.putLong(values[0].length);
    return weight;
  }
}
