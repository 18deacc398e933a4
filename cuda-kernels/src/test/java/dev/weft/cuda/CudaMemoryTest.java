package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.Backend;
import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.MemoryUse;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import org.junit.jupiter.api.Test;

/**
 * Memory of a device: the pool, scopes, the garbage collector, and what happens when it is full.
 */
class CudaMemoryTest {
  private static final long BYTES = 1 << 20;

  private final MachineGpu gpu = new MachineGpu(80, BYTES);
  private final CudaMemory memory = new CudaMemory(gpu, Device.cuda(0));

  @Test
  void whatIsGivenBackIsHandedOutAgain() {
    CudaStorage first = memory.take(DType.F32, 1000);
    first.release();
    CudaStorage second = memory.take(DType.F64, 490);
    assertEquals(new MemoryUse(1, 1, 4096, 0), memory.use());
    second.release();
    assertEquals(new MemoryUse(1, 1, 0, 4096), memory.use());
  }

  @Test
  void capacitiesAreAQuarterOfAPowerOfTwoApart() {
    assertEquals(256, BlockPool.capacityFor(0));
    assertEquals(256, BlockPool.capacityFor(256));
    assertEquals(320, BlockPool.capacityFor(257));
    assertEquals(1 << 20, BlockPool.capacityFor(1 << 20));
    assertEquals(5L << 40, BlockPool.capacityFor((4L << 40) + 1));
  }

  @Test
  void aBlockThatIsTooLargeByMoreThanHalfDoesNotServe() {
    memory.take(DType.U8, 1024).release();
    memory.take(DType.U8, 512);
    assertEquals(2, memory.use().freshAllocations());
    memory.take(DType.U8, 700);
    assertEquals(1, memory.use().reusedAllocations());
  }

  @Test
  void aNewBlockTakesThePlaceOfASmallerOne() {
    memory.take(DType.U8, 1024).release();
    memory.take(DType.U8, 1280).release();
    assertEquals(1280, memory.use().pooledBytes());
  }

  @Test
  void whatNobodyAsksForGoesBackToTheDevice() {
    memory.take(DType.U8, 100_000).release();
    for (int i = 0; i < BlockPool.PATIENCE + BlockPool.ROUND; i++) {
      memory.take(DType.U8, 1).release();
    }
    assertEquals(256, memory.use().pooledBytes());
    assertEquals(BYTES - 256, gpu.freeBytes());
  }

  @Test
  void blocksThatLieAboutAreGivenUpWhereMemoryIsShort() {
    CudaStorage first = memory.take(DType.U8, 300_000);
    memory.take(DType.U8, 300_000).release();
    first.release();
    memory.take(DType.U8, 900_000);
    assertEquals(0, memory.use().pooledBytes());
  }

  @Test
  void theGarbageCollectorIsAskedWhereMemoryIsShort() {
    // Nobody holds these.
    for (int i = 0; i < 20; i++) {
      memory.collected(DType.U8, 300_000);
    }
    CudaStorage kept = memory.take(DType.U8, 300_000);
    kept.detach();
    assertEquals(0, memory.use().heldBytes());
    assertTrue(gpu.freeBytes() <= BYTES - 300_000);
  }

  @Test
  void outOfMemorySaysWhatWasAskedHeldAndFree() {
    CudaStorage scoped = memory.take(DType.U8, 1 << 18);
    CudaStorage collected = memory.collected(DType.U8, 1000);
    String message =
        assertThrows(CudaException.class, () -> memory.collected(DType.F32, 1 << 18)).getMessage();
    assertEquals(
        "cuda:0: out of memory: 1,048,576 bytes asked; 262,144 held by open scopes, 1,000 by other"
            + " tensors; 785,432 of 1,048,576 free on the device",
        message);
    // Nothing is lost by it.
    memory.collected(DType.U8, 785_432);
    scoped.release();
    collected.release();
  }

  @Test
  void aReleasedStorageIsNotReadAnyLonger() {
    CudaStorage storage = memory.take(DType.F32, 4);
    Tensor tensor = Tensor.over(storage, Shape.of(4), 0);
    storage.release();
    String message =
        assertThrows(TensorException.class, () -> CudaStorage.address(tensor)).getMessage();
    assertTrue(message.contains("Scope.keep"), message);
    assertThrows(TensorException.class, storage::release);
  }

  @Test
  void recycledMemoryCountsAsUnwritten() {
    CudaStorage first = memory.take(DType.F32, 64);
    Tensor written = Tensor.over(first, Shape.of(64), 0);
    gpu.zero(CudaStorage.address(written), 256);
    first.release();
    Tensor again = Tensor.over(memory.take(DType.F32, 64), Shape.of(64), 0);
    Launcher unary = new Launcher(gpu, "unary");
    long address = CudaStorage.address(again);
    var arguments = new dev.weft.cuda.ptx.Arguments().add(address).add(address).add(64);
    String message =
        assertThrows(CudaException.class, () -> unary.elements("relu_dense", 64, arguments))
            .getMessage();
    assertTrue(message.contains("never written"), message);
  }

  /** What scopes do is the same on every device. */
  @Test
  void aWarmStepAllocatesNothing() {
    Device device = Device.cuda(0);
    Backend backend = Backends.of(device);
    Tensor weight = Tensor.full(DType.F32, Shape.of(8, 8), device, 0.5);
    MemoryUse settled = null;
    for (int step = 0; step < 4; step++) {
      if (step == 2) {
        settled = backend.memory();
      }
      try (Scope scope = Scope.open()) {
        Tensor kept;
        try (Scope inner = Scope.open()) {
          kept = inner.keep(Ops.matmul(weight, Ops.add(weight, 1)));
        }
        assertEquals(6, kept.toFloats()[0]);
        assertTrue(scope.size() > 0);
      }
    }
    assertEquals(settled.freshAllocations(), backend.memory().freshAllocations());
    assertEquals(0, backend.memory().loanedBytes());
    assertEquals(0.5, weight.toFloats()[63]);
  }

  @Test
  void aTensorTakenOutOfItsScopeLivesOn() {
    Tensor result;
    try (Scope _ = Scope.open()) {
      result = Scope.detach(Tensor.full(DType.F32, Shape.of(3), Device.cuda(0), 2));
      Tensor.full(DType.F32, Shape.of(3), Device.cuda(0), 7);
    }
    try (Scope _ = Scope.open()) {
      Tensor.full(DType.F32, Shape.of(3), Device.cuda(0), 9);
    }
    assertEquals(2, result.toFloats()[2]);
  }
}
