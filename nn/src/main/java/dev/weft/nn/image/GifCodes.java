package dev.weft.nn.image;

import java.io.IOException;

/** GIF's variable-length LZW codes in blocks of at most 255 bytes (GIF 89a, appendix F). */
final class GifCodes {
  private static final int MAX_CODES = 4096;

  private final ByteReader in;
  private final int clear;
  private final int minBits;

  /** A code stands for the one before it and a last byte; its length saves a search. */
  private final short[] before = new short[MAX_CODES];

  private final byte[] last = new byte[MAX_CODES];
  private final byte[] first = new byte[MAX_CODES];
  private final byte[] text = new byte[MAX_CODES + 1];
  private int pending;
  private int previous = -1;
  private int next;
  private int bits;
  private int buffer;
  private int buffered;
  private int block;

  /** Codes that begin at {@code at} with the number of their bits. */
  GifCodes(byte[] file, int at) throws IOException {
    in = new ByteReader(file, at, file.length);
    int size = in.uint8();
    if (size > 8) {
      throw new IOException("codes of " + size + " bits for 8 bits of colour");
    }
    clear = 1 << size;
    minBits = size + 1;
    for (int i = 0; i < clear; i++) {
      first[i] = (byte) i;
      last[i] = (byte) i;
    }
    reset();
  }

  private void reset() {
    next = clear + 2;
    bits = minBits;
    previous = -1;
  }

  /** Fills a row. */
  void read(byte[] row) throws IOException {
    for (int i = 0; i < row.length; i++) {
      while (pending == 0) {
        unpack(code());
      }
      row[i] = text[--pending];
    }
  }

  private void unpack(int code) throws IOException {
    if (code == clear) {
      reset();
      return;
    }
    if (code == clear + 1) {
      throw new IOException("the pixels end early");
    }
    if (previous < 0 ? code >= clear : code > next) {
      throw new IOException("a code that stands for nothing");
    }
    int at = code;
    if (code == next) {
      text[pending++] = first[previous];
      at = previous;
    }
    while (at >= clear) {
      text[pending++] = last[at];
      at = before[at];
    }
    text[pending++] = (byte) at;
    if (previous >= 0 && next < MAX_CODES) {
      before[next] = (short) previous;
      first[next] = first[previous];
      last[next] = (byte) at;
      next++;
      if (next == 1 << bits && bits < 12) {
        bits++;
      }
    }
    previous = code;
  }

  private int code() throws IOException {
    while (buffered < bits) {
      while (block == 0) {
        block = in.uint8();
        if (block == 0) {
          throw new IOException("the pixels end early");
        }
      }
      buffer |= in.uint8() << buffered;
      buffered += 8;
      block--;
    }
    int code = buffer & ((1 << bits) - 1);
    buffer >>>= bits;
    buffered -= bits;
    return code;
  }
}
