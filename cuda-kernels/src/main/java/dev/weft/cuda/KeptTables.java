package dev.weft.cuda;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tables of addresses that kernels over lists of tensors read. Parameters, moments and gradients
 * stay where they are, so their tables do too: a table that is asked for again is not brought up
 * again.
 */
final class KeptTables {
  /** Tables for an optimiser or two, and their gradients. */
  private static final int MOST = 8;

  private final Gpu gpu;
  private final CudaMemory memory;
  private final Map<ByteBuffer, CudaStorage> tables =
      new LinkedHashMap<>(MOST, 1, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, CudaStorage> eldest) {
          return size() > MOST;
        }
      };

  KeptTables(Gpu gpu, CudaMemory memory) {
    this.gpu = gpu;
    this.memory = memory;
  }

  /** Where these bytes are on the device. The array must not change any more. */
  synchronized long address(byte[] table) {
    CudaStorage storage = tables.computeIfAbsent(ByteBuffer.wrap(table), _ -> upload(table));
    return address(storage);
  }

  private CudaStorage upload(byte[] table) {
    CudaStorage storage = memory.collected(DType.U8, table.length);
    gpu.upload(MemorySegment.ofArray(table), address(storage));
    return storage;
  }

  private static long address(CudaStorage storage) {
    return CudaStorage.address(Tensor.over(storage, Shape.of(1), 0));
  }
}
