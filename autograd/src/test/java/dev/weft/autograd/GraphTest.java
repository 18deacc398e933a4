package dev.weft.autograd;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Matmul.matmul;
import static dev.weft.autograd.op.Multiply.multiply;
import static dev.weft.autograd.op.Scale.scale;
import static dev.weft.autograd.op.Sum.sum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.Backends;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphTest {

  private static Variable parameter(double... values) {
    return Variable.parameter(Tensor.of(values));
  }

  @Test
  void gradientOfADiamondIsTheSumOverItsPaths() {
    Variable x = parameter(3);
    Variable left = scale(x, 2);
    Variable right = multiply(x, x);
    multiply(left, right).backward(); // 2x³
    assertArrayEquals(new double[] {6 * 9}, x.grad().toDoubles(), 1e-12);
  }

  @Test
  void aVariableMayBeUsedManyTimes() {
    Variable x = parameter(1, 2);
    Variable total = x;
    for (int i = 0; i < 5; i++) {
      total = add(total, x);
    }
    sum(add(total, total), false).backward();
    assertArrayEquals(new double[] {12, 12}, x.grad().toDoubles());
  }

  @Test
  void aChainOfManyOpsNeedsNoDeepStack() {
    Variable x = parameter(1);
    Variable y = x;
    for (int i = 0; i < 20_000; i++) {
      y = scale(y, 1);
    }
    y.backward();
    assertArrayEquals(new double[] {1}, x.grad().toDoubles());
  }

  @Test
  void aSecondBackwardAddsTheSameAgain() {
    Variable x = parameter(2, 5);
    Variable loss = sum(multiply(x, x), false);
    loss.backward();
    loss.backward();
    assertArrayEquals(new double[] {8, 20}, x.grad().toDoubles());
  }

  @Test
  void gradientsAddUpOverScopesThatHaveClosed() {
    Variable x = parameter(2, 5);
    for (int batch = 0; batch < 3; batch++) {
      try (Scope _ = Scope.open()) {
        sum(multiply(x, x), false).backward();
      }
    }
    assertArrayEquals(new double[] {12, 30}, x.grad().toDoubles());
  }

  @Test
  void clearedGradientsStartAnewInTheSameMemory() {
    Variable x = parameter(2);
    scale(x, 3).backward();
    Tensor first = x.grad();
    x.clearGrad();
    assertNull(x.grad());
    scale(x, 4).backward();
    assertSame(first, x.grad());
    assertEquals(4, x.grad().item());
  }

  @Test
  void leavesThatReceiveTheSameGradientDoNotShareIt() {
    Variable a = parameter(1, 1);
    Variable b = parameter(2, 2);
    add(a, b).backward(Tensor.of(new double[] {1, 1}));
    Ops.addInto(a.grad(), Tensor.of(new double[] {5, 5}));
    assertArrayEquals(new double[] {1, 1}, b.grad().toDoubles());
  }

  /** An op whose two gradients are one and the same new tensor. */
  private static Variable sharing(Variable a, Variable b) {
    return Graph.record(
        "sharing",
        Ops.add(a.value(), b.value()),
        (g, needed) -> {
          Tensor both = Ops.copy(g);
          return new Tensor[] {both, both};
        },
        a,
        b);
  }

  @Test
  void aSumOfGradientsDoesNotSpillIntoOthersThatShareItsMemory() {
    Variable x = parameter(1);
    Variable a = scale(x, 1);
    Variable b = scale(x, 10);
    // In the walk back, a receives the shared gradient first and then a second term.
    Variable early = scale(a, 100);
    add(early, sharing(a, b)).backward();
    assertArrayEquals(new double[] {100 + 1 + 10}, x.grad().toDoubles());
  }

  @Test
  void aLeafIsItsOwnGradientsSource() {
    Variable x = parameter(1, 2);
    x.backward(Tensor.of(new double[] {7, 8}));
    assertArrayEquals(new double[] {7, 8}, x.grad().toDoubles());
  }

  @Test
  void constantsAndDetachedBranchesReceiveNothing() {
    Variable x = parameter(3);
    Variable constant = Variable.of(Tensor.of(new double[] {4}));
    multiply(multiply(x, constant), scale(x, 1).detach()).backward();
    assertArrayEquals(new double[] {12}, x.grad().toDoubles());
    assertNull(constant.grad());
    assertFalse(multiply(constant, constant).requiresGrad());
  }

  @Test
  void backwardLeavesNothingOnLoan() {
    Variable w = Variable.parameter(Tensor.full(x().dtype(), x().shape(), x().device(), 0.5));
    Variable loss = sum(multiply(matmul(w, Variable.of(x())), w), false);
    long before = Backends.of(Device.CPU).memory().loanedBytes();
    loss.backward();
    assertEquals(before, Backends.of(Device.CPU).memory().loanedBytes());
    assertNotNull(w.grad());
  }

  private static Tensor x() {
    return Tensor.of(new double[] {1, 2, 3, 4}, 2, 2);
  }

  @Test
  void aWrongVjpIsNamed() {
    Variable x = parameter(1, 2);
    Variable y =
        Graph.record("wrong", x.value(), (g, needed) -> new Tensor[] {Tensor.of(new double[3])}, x);
    TensorException error = assertThrows(TensorException.class, () -> sum(y, false).backward());
    assertTrue(error.getMessage().startsWith("wrong: gradient of input 0 is F64[3]"));
  }

  @Test
  void backwardOfAConstantOrAVectorIsAnError() {
    Variable constant = Variable.of(Tensor.scalar(x().dtype(), 1));
    assertThrows(TensorException.class, constant::backward);
    assertThrows(TensorException.class, parameter(1, 2)::backward);
    Tensor cotangent = Tensor.of(new double[3]);
    assertThrows(TensorException.class, () -> parameter(1, 2).backward(cotangent));
    Tensor integers = Tensor.of(new int[] {1});
    assertThrows(TensorException.class, () -> Variable.parameter(integers));
  }

  @Test
  void noGradNestsAndRemembersNothing() {
    Variable x = parameter(1);
    try (NoGrad _ = NoGrad.open()) {
      try (NoGrad _ = NoGrad.open()) {
        assertNull(scale(x, 2).node());
      }
      assertTrue(NoGrad.isActive());
      assertFalse(scale(x, 2).requiresGrad());
    }
    assertFalse(NoGrad.isActive());
    assertNotNull(scale(x, 2).node());
  }

  @Test
  void noGradBelongsToItsThread() throws InterruptedException {
    boolean[] activeElsewhere = new boolean[1];
    RuntimeException[] refused = new RuntimeException[1];
    try (NoGrad inference = NoGrad.open()) {
      Runnable close = inference::close;
      Thread other =
          Thread.ofPlatform()
              .start(
                  () -> {
                    activeElsewhere[0] = NoGrad.isActive();
                    try {
                      close.run();
                    } catch (TensorException e) {
                      refused[0] = e;
                    }
                  });
      other.join();
      assertTrue(NoGrad.isActive());
    }
    assertFalse(activeElsewhere[0]);
    assertNotNull(refused[0]);
    assertFalse(NoGrad.isActive());
  }

  @Test
  void gradientsByLeavesLeaveTheirOwnAlone() {
    Variable x = parameter(3);
    Variable y = parameter(2);
    Variable unused = parameter(7, 8);
    Tensor one = Tensor.of(new double[] {1});
    Tensor[] gradients = Graph.gradients(multiply(multiply(x, x), y), one, List.of(y, unused, x));
    assertArrayEquals(new double[] {9}, gradients[0].toDoubles());
    assertArrayEquals(new double[] {0, 0}, gradients[1].toDoubles());
    assertArrayEquals(new double[] {12}, gradients[2].toDoubles());
    assertNull(x.grad());
    TensorException error =
        assertThrows(TensorException.class, () -> Graph.gradients(multiply(x, y), one, List.of(x)));
    assertTrue(error.getMessage().contains("also depends on"), error.getMessage());
  }
}
