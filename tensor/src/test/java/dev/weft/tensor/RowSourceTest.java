package dev.weft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.cpu.HeapStorage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Matrices that lie elsewhere: products of them, when they are laid out, what is let go. */
class RowSourceTest {
  private static final int K = 1100; // two blocks of steps
  private static final int N = 85; // two panels and some columns

  /** A tensor as a source that counts. */
  private static class Rows implements RowSource {
    private final Tensor tensor;
    private final AtomicInteger reads = new AtomicInteger();
    private final BitSet forgotten = new BitSet();

    Rows(Tensor tensor) {
      this.tensor = tensor;
    }

    @Override
    public DType dtype() {
      return tensor.dtype();
    }

    @Override
    public int rows() {
      return tensor.dim(0);
    }

    @Override
    public int columns() {
      return tensor.dim(1);
    }

    @Override
    public void read(int row, int column, int n, Object to, int at) {
      Object array = ((HeapStorage) tensor.storage()).array();
      System.arraycopy(array, row * tensor.dim(1) + column, to, at, n);
      reads.incrementAndGet();
    }

    @Override
    public synchronized void forget(int row, int count) {
      forgotten.set(row, row + count);
    }
  }

  private static Tensor normal(DType dtype, int seed, int... dims) {
    Tensor drawn = Ops.randomNormal(DType.F32, Shape.of(dims), new RandomKey(5, seed));
    return Ops.copy(Ops.cast(drawn, dtype));
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16"})
  void theSameBitsBeforeAndAfterItIsLaidOut(DType dtype) {
    Tensor weight = normal(dtype, 1, N, K);
    Rows rows = new Rows(Ops.copy(weight));
    PackedMatrix there = PackedMatrix.in(rows);
    PackedMatrix here = PackedMatrix.of(weight);
    DType computed = dtype == DType.F64 ? DType.F64 : DType.F32;
    MatmulTail tail = MatmulTail.bias(normal(computed, 2, N)).then(UnaryOp.GELU);
    for (int m : new int[] {1, 2, 7, 150, 6}) {
      Tensor a = normal(computed, m, m, K);
      double[] expected = Ops.matmul(a, here, tail).toDoubles();
      assertArrayEquals(expected, Ops.matmul(a, there, tail).toDoubles(), "rows " + m);
    }
    assertArrayEquals(rows.tensor.toDoubles(), there.unpacked().toDoubles());
  }

  @Test
  void theSecondProductLaysItOutAndLetsTheSourceGo() {
    Rows rows = new Rows(normal(DType.F32, 1, N, K));
    PackedMatrix packed = PackedMatrix.in(rows);
    assertArrayEquals(rows.tensor.toFloats(), packed.unpacked().toFloats());
    Tensor a = normal(DType.F32, 2, 3, K);
    Ops.matmul(a, packed, MatmulTail.NONE);
    assertNull(packed.elements());
    assertTrue(rows.forgotten.isEmpty());
    Ops.matmul(a, packed, MatmulTail.NONE);
    assertNotNull(packed.elements());
    assertEquals(N, rows.forgotten.cardinality());
    int reads = rows.reads.get();
    Ops.matmul(a, packed, MatmulTail.NONE);
    assertArrayEquals(rows.tensor.toFloats(), packed.unpacked().toFloats());
    assertEquals(reads, rows.reads.get());
  }

  @Test
  void twoThreadsAtOnce() throws Exception {
    Tensor weight = normal(DType.F32, 1, N, K);
    Tensor a = normal(DType.F32, 2, 5, K);
    float[] expected = Ops.matmul(a, PackedMatrix.of(Ops.copy(weight)), MatmulTail.NONE).toFloats();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 25; round++) {
        PackedMatrix packed = PackedMatrix.in(new Rows(weight));
        CountDownLatch start = new CountDownLatch(1);
        List<Future<float[]>> results = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          results.add(
              threads.submit(
                  () -> {
                    start.await();
                    return Ops.matmul(a, packed, MatmulTail.NONE).toFloats();
                  }));
        }
        start.countDown();
        for (Future<float[]> result : results) {
          assertArrayEquals(expected, result.get());
        }
      }
    }
  }

  @Test
  void aSourceThatFailsWhileItIsLaidOutMayBeTriedAgain() {
    boolean[] fails = {false};
    Rows rows =
        new Rows(normal(DType.F32, 1, N, K)) {
          @Override
          public void read(int row, int column, int n, Object to, int at) {
            if (fails[0]) {
              throw new IllegalStateException("closed");
            }
            super.read(row, column, n, to, at);
          }
        };
    PackedMatrix packed = PackedMatrix.in(rows);
    Tensor a = normal(DType.F32, 2, 3, K);
    float[] expected = Ops.matmul(a, packed, MatmulTail.NONE).toFloats();
    fails[0] = true;
    for (int i = 0; i < 2; i++) {
      assertThrows(IllegalStateException.class, () -> Ops.matmul(a, packed, MatmulTail.NONE));
    }
    fails[0] = false;
    assertArrayEquals(expected, Ops.matmul(a, packed, MatmulTail.NONE).toFloats());
  }

  @Test
  void rowsByIndex() {
    Rows rows = new Rows(normal(DType.F32, 1, 9, 4));
    for (Tensor indices :
        new Tensor[] {Tensor.of(new int[] {3, 0, 8, 3}, 2, 2), Tensor.of(new int[] {1})}) {
      Tensor expected = Ops.gather(rows.tensor, indices);
      Tensor found = rows.gather(indices);
      assertEquals(expected.shape(), found.shape());
      assertArrayEquals(expected.toFloats(), found.toFloats());
    }
    for (int wrong : new int[] {-1, 9}) {
      Tensor indices = Tensor.of(new int[] {0, wrong});
      String error = assertThrows(TensorException.class, () -> rows.gather(indices)).getMessage();
      assertEquals("gather: index " + wrong + " is outside a table of 9 rows", error);
    }
  }
}
