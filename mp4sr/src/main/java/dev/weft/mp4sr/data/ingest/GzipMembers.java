package dev.weft.mp4sr.data.ingest;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * All members of a gzip file (RFC 1952) one after the other, as {@code cat a.gz b.gz} makes them.
 * Unlike the JDK's stream, which takes what it cannot read after a member for the end, this one
 * takes it for an error: a file cut within its second member's head is truncated, not short. Zeros
 * after the last member are padding, as tapes have it.
 */
final class GzipMembers extends InputStream {
  private static final int TRAILER = 8;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] input = new byte[1 << 16];
  private int from;
  private int to;
  private boolean ended;

  /** {@code in} begins with a member. */
  GzipMembers(BufferedInputStream in) throws IOException {
    this.in = in;
    if (!nextMember()) {
      throw new EOFException("no member");
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (!ended && length > 0) {
      int read = inflate(bytes, offset, length);
      if (read > 0) {
        crc.update(bytes, offset, read);
        return read;
      }
      if (inflater.finished()) {
        finishMember();
        ended = !nextMember();
      } else if (inflater.needsDictionary()) {
        throw new ZipException("a preset dictionary is asked for");
      } else {
        fill();
        inflater.setInput(input, from, to - from);
      }
    }
    return length == 0 ? 0 : -1;
  }

  private int inflate(byte[] bytes, int offset, int length) throws ZipException {
    try {
      return inflater.inflate(bytes, offset, length);
    } catch (DataFormatException e) {
      throw new ZipException(e.getMessage() == null ? "no deflate data" : e.getMessage());
    }
  }

  /** Reads more where everything was used up. */
  private void fill() throws IOException {
    from = 0;
    to = Math.max(0, in.read(input, 0, input.length));
    if (to == 0) {
      throw new EOFException("ends within a member");
    }
  }

  private int next() throws IOException {
    if (from == to) {
      fill();
    }
    return input[from++] & 0xFF;
  }

  private void finishMember() throws IOException {
    from = to - inflater.getRemaining();
    long sum = 0;
    long size = 0;
    for (int i = 0; i < TRAILER; i++) {
      long value = next();
      sum |= i < 4 ? value << (8 * i) : 0;
      size |= i < 4 ? 0 : value << (8 * (i - 4));
    }
    if (sum != crc.getValue() || size != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
      throw new ZipException("a member's CRC-32 or size differs");
    }
  }

  /** Reads the head of the next member; false where only zeros or nothing is left. */
  private boolean nextMember() throws IOException {
    int first = skipZeros();
    if (first < 0) {
      return false;
    }
    if (first != 0x1F || next() != 0x8B) {
      throw new ZipException("something that is no gzip member follows");
    }
    if (next() != 8) {
      throw new ZipException("unknown compression method");
    }
    int flags = next();
    skip(6);
    if ((flags & 4) != 0) {
      skip(next() | (next() << 8));
    }
    for (int text = 8; text <= 16; text *= 2) {
      if ((flags & text) != 0) {
        skipText();
      }
    }
    skip((flags & 2) != 0 ? 2 : 0);
    inflater.reset();
    crc.reset();
    inflater.setInput(input, from, to - from);
    return true;
  }

  private int skipZeros() throws IOException {
    while (true) {
      if (from == to) {
        from = 0;
        to = Math.max(0, in.read(input, 0, input.length));
        if (to == 0) {
          return -1;
        }
      }
      int value = input[from++] & 0xFF;
      if (value != 0) {
        return value;
      }
    }
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      next();
    }
  }

  private void skipText() throws IOException {
    int value = next();
    while (value != 0) {
      value = next();
    }
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
