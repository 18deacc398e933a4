package dev.weft.tensor.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory outside the heap for each thread, which starts on a cache line: arrays cannot, since their
 * elements follow a header of 16 bytes. It ends with its thread, by way of the garbage collector.
 */
final class AlignedMemory {
  private static final int CACHE_LINE = 64;

  private final ThreadLocal<MemorySegment> memory =
      ThreadLocal.withInitial(() -> MemorySegment.NULL);

  /** This thread's memory, {@code bytes} or more of it, with any content. */
  MemorySegment get(long bytes) {
    MemorySegment own = memory.get();
    if (own.byteSize() < bytes) {
      own = Arena.ofAuto().allocate(bytes, CACHE_LINE);
      memory.set(own);
    }
    return own;
  }
}
