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
    long start = 0;
    for (byte[] part : parts) {
      if (streamPos < start + part.length) {
        int from = (int) (streamPos - start);
        int count = Math.min(length, part.length - from);
        System.arraycopy(part, from, out, offset, count);
        streamPos += count;
        return count;
      }
      start += part.length;
    }
    return -1;
  }

  @Override
  public long length() {
    return parts.stream().mapToLong(part -> part.length).sum();
  }
}
