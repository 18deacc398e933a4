package dev.weft.autograd.op;

import static dev.weft.autograd.op.CrossEntropy.crossEntropy;
import static dev.weft.autograd.op.Linear.linear;
import static dev.weft.autograd.op.LinearCrossEntropy.inBlocks;
import static dev.weft.autograd.op.LinearCrossEntropy.linearCrossEntropy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.cpu.HeapPool;
import dev.weft.tensor.cpu.HostBackend;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Cross-entropy by blocks of rows against the one that holds all logits. */
class LinearCrossEntropyTest {
  private static Variable normal(DType dtype, long stream, int... dims) {
    return Variable.parameter(Ops.randomNormal(dtype, Shape.of(dims), new RandomKey(5, stream)));
  }

  private static Tensor targets(int rows, int classes) {
    int[] targets = new int[rows];
    Arrays.setAll(targets, i -> (int) ((i * 2654435761L) % classes));
    return Tensor.of(targets);
  }

  private static void assertSame(Variable expected, Variable actual, double tolerance) {
    assertArrayEquals(expected.grad().toDoubles(), actual.grad().toDoubles(), tolerance);
  }

  /** Both from the same numbers: those that hold all logits in F64. */
  private static void compare(DType dtype, int block, double tolerance) {
    Variable h = normal(dtype, 0, 37, 16);
    Variable weight = normal(dtype, 1, 501, 16);
    Variable bias = normal(dtype, 2, 501);
    Tensor targets = targets(37, 501);
    Variable wideH = Variable.parameter(Ops.cast(h.value(), DType.F64));
    Variable wideWeight = Variable.parameter(Ops.cast(weight.value(), DType.F64));
    Variable wideBias = Variable.parameter(Ops.cast(bias.value(), DType.F64));
    Tensor g = Ops.randomNormal(DType.F64, Shape.of(37), new RandomKey(5, 3));
    Variable expected = crossEntropy(linear(wideH, wideWeight, wideBias), targets, Reduction.NONE);
    expected.backward(g);
    Variable actual = inBlocks(h, weight, bias, targets, Reduction.NONE, block);
    actual.backward(Ops.cast(g, dtype));
    assertArrayEquals(expected.value().toDoubles(), actual.value().toDoubles(), tolerance);
    assertSame(wideH, h, tolerance);
    assertSame(wideWeight, weight, tolerance);
    assertSame(wideBias, bias, tolerance);
  }

  @Test
  void blocksOfAnySizeGiveTheSame() {
    for (int block : new int[] {1, 12, 20, 37, 1000}) {
      compare(DType.F64, block, 1e-12);
      compare(DType.F32, block, 2e-5);
    }
  }

  @Test
  void manyClassesAreNeverHeldAtOnce() {
    int rows = 300;
    int classes = 100_000;
    Variable h = normal(DType.F32, 0, rows, 8);
    Variable weight = normal(DType.F32, 1, classes, 8);
    HeapPool pool = HostBackend.pool();
    pool.clear();
    try (Scope _ = Scope.open()) {
      Tensor targets = targets(rows, classes);
      linearCrossEntropy(h, weight, null, targets, Reduction.MEAN).backward();
    }
    // What the pool holds was in use at some time; the weight's gradient is in it several times.
    long logits = 4L * rows * classes;
    assertTrue(pool.use().pooledBytes() < logits / 2, "bytes " + pool.use());
  }

  @Test
  void aFoldedLossHasTheGradientsOfItsRows() {
    Tensor targets = targets(37, 501);
    for (Reduction reduction : new Reduction[] {Reduction.SUM, Reduction.MEAN}) {
      double share = reduction == Reduction.SUM ? 3 : 3.0 / 37;
      Variable[] rows = {normal(DType.F64, 0, 37, 16), normal(DType.F64, 1, 501, 16)};
      Variable[] fold = {normal(DType.F64, 0, 37, 16), normal(DType.F64, 1, 501, 16)};
      inBlocks(rows[0], rows[1], null, targets, Reduction.NONE, 10)
          .backward(Tensor.full(DType.F64, Shape.of(37), Device.CPU, share));
      Variable loss = inBlocks(fold[0], fold[1], null, targets, reduction, 10);
      // Twice, as a graph may be gone through again: each pass adds the same.
      loss.backward(Tensor.full(DType.F64, Shape.of(), Device.CPU, 1));
      loss.backward(Tensor.full(DType.F64, Shape.of(), Device.CPU, 2));
      assertSame(rows[0], fold[0], 1e-13);
      assertSame(rows[1], fold[1], 1e-13);
    }
  }

  @Test
  void onlyWhatIsWantedGetsAGradient() {
    Tensor targets = targets(37, 501);
    Variable h = normal(DType.F64, 0, 37, 16);
    Variable weight = Variable.of(normal(DType.F64, 1, 501, 16).value());
    Variable both = normal(DType.F64, 1, 501, 16);
    Variable expected = normal(DType.F64, 0, 37, 16);
    linearCrossEntropy(h, weight, null, targets, Reduction.MEAN).backward();
    crossEntropy(linear(expected, both, null), targets, Reduction.MEAN).backward();
    assertSame(expected, h, 1e-13);
    assertEquals(null, weight.grad());
    try (NoGrad _ = NoGrad.open()) {
      Variable loss = linearCrossEntropy(h, both, null, targets, Reduction.MEAN);
      assertFalse(loss.requiresGrad());
    }
  }

  @Test
  void largeLogitsStayFinite() {
    Variable h = Variable.parameter(Tensor.of(new float[] {1, -1}, 2, 1));
    Variable weight = Variable.parameter(Tensor.of(new float[] {4000, -4000, 3999}, 3, 1));
    Tensor targets = Tensor.of(new int[] {2, 2});
    Variable loss = inBlocks(h, weight, null, targets, Reduction.NONE, 2);
    loss.backward(Tensor.of(new float[] {1, 1}));
    double[] expected = {1 + Math.log1p(Math.exp(-1)), 7999 + Math.log1p(Math.exp(-7999))};
    assertArrayEquals(expected, loss.value().toDoubles(), 1e-3);
    assertTrue(Arrays.stream(weight.grad().toDoubles()).allMatch(Double::isFinite));
  }

  @Test
  void aCertainClassKeepsItsDigits() {
    Variable h = Variable.of(Tensor.of(new float[] {1}, 1, 1));
    Variable weight = Variable.of(Tensor.of(new float[] {20, 12, 10}, 3, 1));
    Tensor first = Tensor.of(new int[] {0});
    double exact = Math.log1p(Math.exp(-8) + Math.exp(-10));
    double loss = inBlocks(h, weight, null, first, Reduction.MEAN, 2).value().item();
    assertEquals(exact, loss, 1e-5 * exact);
  }

  @Test
  void oneClassIsCertain() {
    Variable h = normal(DType.F64, 0, 3, 2);
    Variable weight = normal(DType.F64, 1, 1, 2);
    Variable loss = inBlocks(h, weight, null, targets(3, 1), Reduction.SUM, 4);
    loss.backward();
    assertEquals(0, loss.value().item());
    assertArrayEquals(new double[2], weight.grad().toDoubles(), 1e-15);
  }

  @Test
  void aNanReachesItsOwnRow() {
    Variable h = Variable.of(Tensor.of(new double[] {1, Double.NaN}, 2, 1));
    Variable weight = normal(DType.F64, 1, 4, 1);
    double[] losses =
        inBlocks(h, weight, null, targets(2, 4), Reduction.NONE, 3).value().toDoubles();
    assertTrue(Double.isFinite(losses[0]));
    assertTrue(Double.isNaN(losses[1]));
  }

  @Test
  void namesWhatDoesNotFit() {
    Variable h = normal(DType.F64, 0, 2, 3);
    Variable weight = normal(DType.F64, 1, 4, 2);
    Tensor targets = targets(2, 4);
    TensorException error =
        assertThrows(
            TensorException.class,
            () -> linearCrossEntropy(h, weight, null, targets, Reduction.MEAN));
    assertTrue(error.getMessage().contains("[2, 3]"));
    Variable fitting = normal(DType.F64, 1, 4, 3);
    Tensor none = Tensor.of(new int[] {0, 4});
    assertThrows(TensorException.class, () -> inBlocks(h, fitting, null, none, Reduction.MEAN, 2));
  }

  @Test
  void noRowsGiveNoGradientsWhateverTheMemoryHeld() {
    for (Reduction reduction : new Reduction[] {Reduction.SUM, Reduction.NONE}) {
      Variable h = normal(DType.F64, 0, 0, 3);
      Variable weight = normal(DType.F64, 1, 4, 3);
      Variable bias = normal(DType.F64, 2, 4);
      try (var _ = Scope.open()) {
        leaveNumbersBehind();
        Variable loss = inBlocks(h, weight, bias, targets(0, 4), reduction, 2);
        loss.backward(Tensor.full(DType.F64, loss.shape(), Device.CPU, 0));
        assertArrayEquals(new double[12], weight.grad().toDoubles());
        assertArrayEquals(new double[4], bias.grad().toDoubles());
      }
    }
  }

  /** In the pool, where the next tensors come from. */
  private static void leaveNumbersBehind() {
    try (var _ = Scope.open()) {
      for (int n : new int[] {4, 4, 12, 12, 12, 12}) {
        Tensor.full(DType.F64, Shape.of(n), Device.CPU, 7);
      }
    }
  }

  @Test
  void noClassesAreSaidToHoldNoTarget() {
    Variable h = normal(DType.F64, 0, 2, 3);
    Variable weight = normal(DType.F64, 1, 0, 3);
    TensorException error =
        assertThrows(
            TensorException.class,
            () -> linearCrossEntropy(h, weight, null, targets(2, 1), Reduction.MEAN));
    assertTrue(error.getMessage().contains("not in [0, 0)"), error.getMessage());
  }
}
