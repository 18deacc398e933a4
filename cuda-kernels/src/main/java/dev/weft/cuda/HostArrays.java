package dev.weft.cuda;

import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.cpu.HeapStorage;
import java.lang.foreign.MemorySegment;

/** The host's end of a copy: elements in Java arrays, as bytes. */
final class HostArrays {
  private HostArrays() {}

  /** Elements of the host, for the garbage collector to reclaim. */
  static HeapStorage allocate(DType dtype, int length) {
    return (HeapStorage) Backends.of(Device.CPU).allocate(dtype, length, false);
  }

  /** The first elements of a storage. */
  static MemorySegment bytes(HeapStorage storage, int count) {
    MemorySegment whole =
        switch (storage.dtype()) {
          case F64 -> MemorySegment.ofArray(storage.doubles());
          case F32 -> MemorySegment.ofArray(storage.floats());
          case F16, BF16 -> MemorySegment.ofArray(storage.shorts());
          case I64 -> MemorySegment.ofArray(storage.longs());
          case I32 -> MemorySegment.ofArray(storage.ints());
          case U8, BOOL -> MemorySegment.ofArray(storage.bytes());
        };
    return whole.asSlice(0, (long) count * storage.dtype().byteSize());
  }
}
