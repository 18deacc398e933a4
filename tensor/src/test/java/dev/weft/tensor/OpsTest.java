package dev.weft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link Ops} adds to the primitives: broadcasting, shapes, and composition. */
class OpsTest {
  private final Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);

  private static void assertHolds(Tensor tensor, Shape shape, double... values) {
    assertEquals(shape, tensor.shape());
    assertArrayEquals(values, tensor.toDoubles(), 1e-12);
  }

  @Test
  void broadcasts() {
    Tensor column = Tensor.of(new double[] {10, 20}, 2, 1);
    assertHolds(Ops.add(x, column), Shape.of(2, 3), 11, 12, 13, 24, 25, 26);
    assertHolds(Ops.subtract(column, x), Shape.of(2, 3), 9, 8, 7, 16, 15, 14);
    assertHolds(Ops.multiply(x, 2), Shape.of(2, 3), 2, 4, 6, 8, 10, 12);
    assertHolds(Ops.add(x, 1), Shape.of(2, 3), 2, 3, 4, 5, 6, 7);
    assertHolds(Ops.divide(x, x), Shape.of(2, 3), 1, 1, 1, 1, 1, 1);
    Tensor above = Ops.compare(CompareOp.GREATER, x, Tensor.scalar(DType.F64, 3));
    assertEquals(DType.BOOL, above.dtype());
    assertHolds(Ops.where(above, x, column), Shape.of(2, 3), 10, 10, 10, 4, 5, 6);
  }

  @Test
  void changesInPlace() {
    Tensor target = Ops.copy(x);
    assertNotSame(x.storage(), target.storage());
    Ops.addInto(target, Tensor.of(new double[] {1, 0, 0}));
    assertHolds(target, Shape.of(2, 3), 2, 2, 3, 5, 5, 6);
    Ops.copyInto(target.slice(1, 1, 3), Tensor.of(new float[] {7}));
    assertHolds(target, Shape.of(2, 3), 2, 7, 7, 5, 7, 7);
  }

  @Test
  void movesAndConverts() {
    assertSame(x, Ops.contiguous(x));
    assertSame(x, Ops.cast(x, DType.F64));
    assertEquals(DType.I64, Ops.cast(x, DType.I64).dtype());
    Tensor joined = Ops.concat(List.of(x, x.slice(1, 0, 1), x.slice(1, 0, 0)), -1);
    assertHolds(joined, Shape.of(2, 4), 1, 2, 3, 1, 4, 5, 6, 4);
    assertHolds(Ops.concat(List.of(x), 0), Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
  }

  @Test
  void folds() {
    assertHolds(Ops.sum(x, false), Shape.of(), 21);
    assertHolds(Ops.sum(x, true), Shape.of(1, 1), 21);
    assertHolds(Ops.sum(x, false, -1), Shape.of(2), 6, 15);
    assertHolds(Ops.sum(x, true, 0), Shape.of(1, 3), 5, 7, 9);
    assertHolds(Ops.reduce(ReduceOp.MAX, x, false, 0, 1), Shape.of(), 6);
    assertHolds(Ops.sumTo(x, Shape.of(3)), Shape.of(3), 5, 7, 9);
    assertHolds(Ops.sumTo(x, Shape.of(2, 1)), Shape.of(2, 1), 6, 15);
    assertHolds(Ops.sumTo(x, Shape.of()), Shape.of(), 21);
    assertSame(x, Ops.sumTo(x, x.shape()));
  }

  @Test
  void multipliesMatrices() {
    Tensor y = x.transpose(0, 1);
    assertHolds(Ops.matmul(x, y), Shape.of(2, 2), 14, 32, 32, 77);
    // One matrix for a whole batch, by the tall product and by the batch of small ones.
    Tensor stack = Ops.concat(List.of(x.unsqueeze(0), x.unsqueeze(0)), 0);
    double[] twice = {14, 32, 32, 77, 14, 32, 32, 77};
    assertHolds(Ops.matmul(stack, y), Shape.of(2, 2, 2), twice);
    Tensor scattered = Ops.copy(stack.permute(0, 2, 1)).permute(0, 2, 1);
    assertHolds(Ops.matmul(scattered, y), Shape.of(2, 2, 2), twice);
    assertHolds(Ops.matmul(x, stack.transpose(1, 2)), Shape.of(2, 2, 2), twice);
  }

  @Test
  void multipliesNothing() {
    Tensor none = Tensor.zeros(DType.F64, 2, 3, 0);
    assertHolds(
        Ops.matmul(none, Tensor.zeros(DType.F64, 0, 1)), Shape.of(2, 3, 1), 0, 0, 0, 0, 0, 0);
    assertHolds(Ops.matmul(Tensor.zeros(DType.F64, 0, 3, 2), x), Shape.of(0, 3, 3));
  }

  @Test
  void worksAlongAnyAxis() {
    double e = Math.exp(-3);
    Tensor p = Ops.softmax(x, 0);
    double low = e / (1 + e);
    assertHolds(p, Shape.of(2, 3), low, low, low, 1 - low, 1 - low, 1 - low);
    assertHolds(
        Ops.logSoftmax(x, 0).select(0, 0),
        Shape.of(3),
        Math.log(low),
        Math.log(low),
        Math.log(low));
    assertHolds(
        Ops.logSumExp(Tensor.zeros(DType.F64, 2, 4)), Shape.of(2), Math.log(4), Math.log(4));
  }

  @Test
  void findsTheGreatest() {
    assertHolds(Ops.argMax(x), Shape.of(2), 2, 2);
    Ops.TopK best = Ops.topK(x.transpose(0, 1), 1);
    assertHolds(best.values(), Shape.of(3, 1), 4, 5, 6);
    assertEquals(DType.I32, best.indices().dtype());
  }
}
