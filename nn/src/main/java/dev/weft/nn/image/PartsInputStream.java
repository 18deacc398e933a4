package dev.weft.nn.image;

import java.util.List;
import javax.imageio.stream.ImageInputStreamImpl;

/** Arrays read one after the other, without a copy. */
final class PartsInputStream extends ImageInputStreamImpl {
  private final List<byte[]> parts;

  PartsInputStream(List<byte[]> parts) {
    this.parts = parts;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
  }

  @Override
  public int read(byte[] out, int offset, int length) {
    bitOffset = 0;
    // As much as there is: numbers are read in one go.
    int count = 0;
    long start = 0;
    for (byte[] part : parts) {
      int from = (int) Math.max(streamPos - start, 0);
      if (from < part.length && count < length) {
        int copied = Math.min(length - count, part.length - from);
        System.arraycopy(part, from, out, offset + count, copied);
        streamPos += copied;
        count += copied;
      }
      start += part.length;
    }
    return count == 0 && length > 0 ? -1 : count;
  }

  @Override
  public long length() {
    return parts.stream().mapToLong(part -> part.length).sum();
  }
}
