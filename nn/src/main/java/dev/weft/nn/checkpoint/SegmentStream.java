package dev.weft.nn.checkpoint;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;

/** Reads a segment from its beginning to its end. */
final class SegmentStream extends InputStream {
  private final MemorySegment bytes;
  private long position;

  SegmentStream(MemorySegment bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() {
    return position == bytes.byteSize()
        ? -1
        : Byte.toUnsignedInt(LittleEndian.byteAt(bytes, position++));
  }

  @Override
  public int read(byte[] target, int from, int length) {
    int n = (int) Math.min(length, bytes.byteSize() - position);
    if (n == 0 && length > 0) {
      return -1;
    }
    MemorySegment.copy(bytes, position, MemorySegment.ofArray(target), from, n);
    position += n;
    return n;
  }
}
