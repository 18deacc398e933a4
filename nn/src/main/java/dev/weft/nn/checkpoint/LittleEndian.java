package dev.weft.nn.checkpoint;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How numbers lie in checkpoints: little-endian, at any address. */
final class LittleEndian {
  static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private LittleEndian() {}

  /**
   * The eight bytes at {@code at} as a number. By way of a buffer, whose first access costs
   * nothing, where a segment's first one makes a variable handle: much of what opening a file
   * takes.
   */
  static long longAt(MemorySegment bytes, long at) {
    return bytes.asSlice(at, Long.BYTES).asByteBuffer().order(LITTLE_ENDIAN).getLong();
  }

  /** The byte at {@code at}, likewise. */
  static byte byteAt(MemorySegment bytes, long at) {
    return bytes.asSlice(at, 1).asByteBuffer().get();
  }
}
