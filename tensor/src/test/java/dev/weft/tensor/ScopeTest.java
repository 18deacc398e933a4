package dev.weft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ScopeTest {

  private static MemoryUse stats() {
    return Backends.of(Device.CPU).memory();
  }

  private static void assertGone(Tensor tensor) {
    assertEquals(
        "tensor: used after its Scope was closed; pass it through Scope.keep to let it live on",
        assertThrows(TensorException.class, tensor::toDoubles).getMessage());
  }

  @Test
  void whatWasAllocatedInsideIsGoneAfterwards() {
    Tensor tensor;
    Tensor view;
    try (Scope scope = Scope.open()) {
      tensor = Tensor.zeros(DType.F32, 3);
      view = tensor.slice(0, 0, 2);
      assertEquals(1, scope.size());
    }
    assertGone(tensor);
    assertGone(view);
    assertThrows(TensorException.class, () -> Ops.add(view, 1));
  }

  @Test
  void withoutAScopeNothingIsTakenAway() {
    long loaned = stats().loanedBytes();
    Tensor tensor = Tensor.full(DType.F32, Shape.of(3), Device.CPU, 2);
    assertEquals(loaned, stats().loanedBytes());
    assertArrayEquals(new double[] {2, 2, 2}, tensor.toDoubles());
  }

  @Test
  void keepHandsOverToTheScopeAround() {
    Tensor kept;
    try (Scope outer = Scope.open()) {
      try (Scope inner = Scope.open()) {
        kept = inner.keep(Tensor.full(DType.F64, Shape.of(2), Device.CPU, 1)).slice(0, 0, 1);
        inner.keep(kept);
        assertEquals(0, inner.size());
      }
      assertEquals(1, outer.size());
      assertArrayEquals(new double[] {1}, kept.toDoubles());
    }
    assertGone(kept);
  }

  @Test
  void anOuterScopeKeepsWhatAnInnerOneOwns() {
    Tensor kept;
    try (Scope outer = Scope.open()) {
      try (Scope inner = Scope.open()) {
        kept = outer.keep(Tensor.full(DType.F64, Shape.of(1), Device.CPU, 4));
        assertEquals(0, inner.size());
      }
      assertEquals(4, kept.item());
    }
    assertEquals(4, kept.item());
  }

  @Test
  void whatTheGarbageCollectorOwnsIsNotOnLoan() {
    long loaned = stats().loanedBytes();
    try (Scope scope = Scope.open()) {
      scope.keep(Tensor.zeros(DType.F32, 1000));
      Scope.detach(Tensor.zeros(DType.F32, 1000));
      Tensor.zeros(DType.F32, 1000);
    }
    assertEquals(loaned, stats().loanedBytes());
  }

  @Test
  void detachTakesOutOfEveryScope() {
    Tensor detached;
    try (Scope outer = Scope.open()) {
      Tensor tensor = Tensor.full(DType.F64, Shape.of(1), Device.CPU, 4);
      try (Scope inner = Scope.open()) {
        detached = Scope.detach(tensor);
        assertEquals(0, inner.size());
      }
      assertEquals(0, outer.size());
    }
    assertEquals(4, detached.item());
    assertEquals(4, Scope.detach(detached).item());
  }

  @Test
  void aThousandRoundsHoldTheMemoryOfTwo() {
    MemoryUse before = null;
    for (int round = 0; round < 1000; round++) {
      if (round == 2) {
        before = stats();
      }
      try (Scope scope = Scope.open()) {
        Tensor a = Tensor.full(DType.F32, Shape.of(20, 30), Device.CPU, round);
        // The last batch of an epoch is shorter: it fits into what the others left.
        Tensor b = Ops.softmax(a.slice(0, 0, round % 7 == 0 ? 19 : 20), -1);
        Ops.matmul(b, b.transpose(0, 1));
        assertTrue(scope.size() >= 3);
      }
    }
    MemoryUse after = stats();
    assertEquals(before.freshAllocations(), after.freshAllocations());
    assertEquals(before.loanedBytes(), after.loanedBytes());
    assertTrue(after.pooledBytes() <= before.pooledBytes());
    assertTrue(after.reusedAllocations() > before.reusedAllocations());
  }

  @Test
  void scopesCloseInsideOut() {
    Scope outer = Scope.open();
    Scope inner = Scope.open();
    assertEquals(
        "scope: closed before a scope opened inside it; close inner first",
        assertThrows(TensorException.class, outer::close).getMessage());
    inner.close();
    inner.close();
    outer.close();
    Tensor tensor = Tensor.zeros(DType.F32, 1);
    assertEquals(
        "scope: already closed",
        assertThrows(TensorException.class, () -> outer.keep(tensor)).getMessage());
  }

  @Test
  void scopesBelongToTheirThread() {
    try (Scope scope = Scope.open()) {
      CompletionException refused =
          assertThrows(
              CompletionException.class, () -> CompletableFuture.runAsync(scope::close).join());
      assertEquals(
          "scope: used by a thread that did not open it",
          assertInstanceOf(TensorException.class, refused.getCause()).getMessage());
      CompletableFuture.runAsync(() -> Tensor.zeros(DType.F32, 5)).join();
      assertEquals(0, scope.size());
    }
  }
}
