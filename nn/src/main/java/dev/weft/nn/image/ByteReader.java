package dev.weft.nn.image;

import java.io.EOFException;
import java.io.IOException;

/** Numbers out of bytes, most significant byte first unless the name says otherwise. */
final class ByteReader {
  private final byte[] bytes;
  private final int end;
  private int at;

  ByteReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /** From {@code at} to before {@code end}. */
  ByteReader(byte[] bytes, int at, int end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  int position() {
    return at;
  }

  int remaining() {
    return end - at;
  }

  void skip(int count) throws IOException {
    need(count);
    at += count;
  }

  int uint8() throws IOException {
    need(1);
    return bytes[at++] & 255;
  }

  int uint16() throws IOException {
    return uint8() << 8 | uint8();
  }

  int uint16LittleEndian() throws IOException {
    return uint8() | uint8() << 8;
  }

  int int32() throws IOException {
    return uint16() << 16 | uint16();
  }

  int int32LittleEndian() throws IOException {
    return uint16LittleEndian() | uint16LittleEndian() << 16;
  }

  /** Whether the next bytes are these characters. */
  boolean startsWith(String ascii) {
    if (remaining() < ascii.length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if ((bytes[at + i] & 255) != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void need(int count) throws IOException {
    if (count < 0 || count > remaining()) {
      throw new EOFException("the file is cut short");
    }
  }
}
