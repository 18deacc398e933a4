package dev.weft.cuda;

import static dev.weft.cuda.Ladder.ROUNDOFF;
import static dev.weft.cuda.Ladder.assertClose;
import static dev.weft.cuda.Ladder.blocks;
import static dev.weft.cuda.Ladder.exact;
import static dev.weft.cuda.Ladder.result;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Counters;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.DType;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folds, the index of the greatest, the greatest k: a thread a row, and what replaced it. */
class FoldLadderTest {
  private static final Dim3 WARPS = new Dim3(32, 8, 1);

  private final ReferenceBackend reference = new ReferenceBackend();
  private final Ladder ladder = new Ladder(8);

  /** {@code Fold} in {@code reduce.cu}, of one strand. */
  static byte[] fold(int outputs, int outputStride, int folded, int foldedStride) {
    byte[] kept = Layout.of(new int[] {outputs}, new int[][] {{outputStride}}).bytes();
    byte[] gone = Layout.of(new int[] {folded}, new int[][] {{foldedStride}}).bytes();
    return ByteBuffer.allocate(16 + 2 * kept.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(outputs)
        .putInt(folded)
        .putInt(1)
        .putInt(folded)
        .put(kept)
        .put(gone)
        .array();
  }

  private static Counters fold(
      int capability, String kernel, Dim3 grid, Dim3 block, float[] x, byte[] fold, Tensor wanted) {
    Card card = Card.of("reduce", capability);
    int outputs = wanted.numel();
    long out = card.empty(outputs);
    card.launch(kernel, grid, block, new Arguments().add(card.put(x)).add(out).add(fold));
    assertClose(wanted, card.floats(out, outputs), x.length * ROUNDOFF, kernel);
    return card.counters();
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void rowsAndColumns(int capability) {
    for (int[] size : new int[][] {{1, 1}, {3, 7}, {33, 130}, {70, 40}}) {
      for (ReduceOp op : ReduceOp.values()) {
        checkFold(capability, op, size[0], size[1]);
      }
    }
  }

  private void checkFold(int capability, ReduceOp op, int rows, int n) {
    float[] x = ladder.normal(rows * n);
    x[x.length / 2] = op == ReduceOp.SUM ? 0 : Float.NaN;
    String kernel = op.name().toLowerCase(Locale.ROOT) + "_f32";
    Dim3 block = Dim3.of(Card.BLOCK);
    Tensor sums = result(rows, 1);
    reference.reduce(op, exact(x, rows, n), sums);
    byte[] fold = fold(rows, n, n, 1);
    Counters plain =
        fold(capability, kernel + "_plain", Dim3.of(blocks(rows)), block, x, fold, sums);
    Counters fast =
        fold(capability, kernel + "_rows", Dim3.of((rows + 7) / 8), WARPS, x, fold, sums);
    assertTrue(rows < 32 || 3 * fast.globalSectors() < plain.globalSectors());

    Tensor columns = result(1, n);
    reference.reduce(op, exact(x, rows, n), columns);
    byte[] across = fold(n, 1, rows, n);
    fold(capability, kernel + "_plain", Dim3.of(blocks(n)), block, x, across, columns);
    fold(capability, kernel + "_columns", Dim3.of((n + 31) / 32), WARPS, x, across, columns);
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void indexOfTheGreatest(int capability) {
    int rows = 5;
    for (int n : new int[] {1, 31, 100}) {
      float[] x = ladder.normal(rows * n);
      x[n / 2] = Float.NaN;
      Arrays.fill(x, n, 2 * n, 3);
      Tensor expected = Tensor.zeros(DType.I32, rows);
      reference.argMax(exact(x, rows, n), expected);
      Card card = Card.of("arg_max", capability);
      byte[] layout = Layout.of(new int[] {rows}, new int[][] {{n}}).bytes();
      long in = card.put(x);
      for (String kernel : new String[] {"arg_max_f32_plain", "arg_max_f32"}) {
        long out = card.empty(rows);
        Arguments arguments = new Arguments().add(in).add(out).add(layout).add(1).add(rows).add(n);
        card.launch(kernel, Dim3.of(1), WARPS, arguments);
        assertArrayEquals(expected.toInts(), card.integers(out, rows), kernel + " of " + n);
      }
    }
  }

  private static float[] atEdges(float[] x) {
    x[0] = Float.NaN;
    x[x.length - 1] = Float.NaN;
    x[x.length / 2] = 0f;
    x[x.length / 3] = -0f;
    return x;
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void theGreatestK(int capability) {
    for (int[] size : new int[][] {{1, 1}, {7, 7}, {300, 5}, {1000, 300}}) {
      int n = size[0];
      int k = size[1];
      float[] x = ladder.normal(2 * n);
      for (int i = 0; i < n; i++) {
        // One row with many equals, one that rises.
        x[i] = Math.round(x[i]);
        x[n + i] = i;
      }
      checkTopK(capability, atEdges(x), n, k);
    }
  }

  private void checkTopK(int capability, float[] x, int n, int k) {
    Tensor values = result(2, k);
    Tensor indices = Tensor.zeros(DType.I32, 2, k);
    reference.topK(exact(x, 2, n), values, indices);
    int room = Integer.highestOneBit(2 * (k + 256) - 1);
    int size = Integer.highestOneBit(2 * n - 1);
    Card card = Card.of("top_k", capability);
    long[] at = {card.put(x), card.empty(2 * k), card.empty(2 * k), card.empty(4 * size)};
    for (String version : new String[] {"_plain", "", "_sorted"}) {
      Arguments arguments = new Arguments().add(at[0]).add(at[1]).add(at[2]);
      switch (version) {
        case "_plain" -> arguments.add(2).add(n).add(k);
        case "_sorted" -> arguments.add(n).add(k).add(at[3]).add(size);
        default -> arguments.add(n).add(k).add(room);
      }
      boolean plain = version.equals("_plain");
      card.launch("top_k_f32" + version, plain ? 1 : 2, plain ? 32 : 256, arguments);
      String what = "top_k" + version + " of " + n;
      assertArrayEquals(indices.toInts(), card.integers(at[2], 2 * k), what);
      assertClose(values, card.floats(at[1], 2 * k), 0, what);
    }
  }

  /** More than fit into shared memory: the row is sorted as a whole, a few rows at a time. */
  @Test
  void moreThanABlockCanCollect() {
    int n = 2100;
    int k = 1900;
    float[] x = ladder.normal(n);
    Tensor values = result(1, k);
    Tensor indices = Tensor.zeros(DType.I32, 1, k);
    reference.topK(exact(x, 1, n), values, indices);
    OnMachine machine = new OnMachine(80);
    Tensor best = machine.empty(1, k);
    Tensor where = Tensor.over(machine.memory.take(DType.I32, k), Shape.of(1, k), 0);
    new CudaRanking(machine.gpu, machine.memory).topK(machine.put(x, 1, n), best, where);
    int[] found = new int[k];
    machine.gpu.download(CudaStorage.address(where), MemorySegment.ofArray(found));
    assertArrayEquals(indices.toInts(), found);
  }
}
