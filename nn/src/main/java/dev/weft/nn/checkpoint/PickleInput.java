package dev.weft.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, one after the other; an end before its time is an error. */
final class PickleInput {
  private static final int LONGEST_LINE = 1000;

  private static final int LONGEST_TEXT = 1 << 24;

  /** No number that torch.save writes has more bytes than its magic one, which has ten. */
  private static final int LONGEST_INTEGER = 64;

  private final String source;
  private final MemorySegment bytes;
  private long position;

  /** Reads from a byte on; {@code source} is for errors. */
  PickleInput(String source, MemorySegment bytes, long position) {
    this.source = source;
    this.bytes = bytes;
    this.position = position;
  }

  /** The byte that is read next. */
  long position() {
    return position;
  }

  CheckpointException error(String reason) {
    return new CheckpointException(source + ": " + reason);
  }

  int unsignedByte() {
    return Byte.toUnsignedInt(bytes.get(LittleEndian.BYTE, advance(1)));
  }

  int unsignedShort() {
    return Short.toUnsignedInt(bytes.get(LittleEndian.SHORT, advance(2)));
  }

  int integer() {
    return bytes.get(LittleEndian.INT, advance(4));
  }

  long unsignedInteger() {
    return Integer.toUnsignedLong(integer());
  }

  long longInteger() {
    return bytes.get(LittleEndian.LONG, advance(8));
  }

  /** A float64; the one number that pickles write the other way round. */
  double bigEndianDouble() {
    return Double.longBitsToDouble(
        Long.reverseBytes(bytes.get(LittleEndian.LONG, advance(Double.BYTES))));
  }

  /** A signed number of any length: a Long where it fits, else a BigInteger. */
  Object bigInteger(long length) {
    if (length < 0 || length > LONGEST_INTEGER) {
      throw error("pickle: a whole number of " + length + " bytes");
    }
    byte[] reversed = new byte[(int) length];
    long start = advance(length);
    for (int i = 0; i < reversed.length; i++) {
      reversed[i] = bytes.get(LittleEndian.BYTE, start + length - 1 - i);
    }
    BigInteger value = length == 0 ? BigInteger.ZERO : new BigInteger(reversed);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  String text(long length) {
    long start = advance(length);
    if (length > LONGEST_TEXT) {
      throw error("pickle: a text of " + length + " bytes");
    }
    ByteBuffer utf8 = bytes.asSlice(start, length).asByteBuffer();
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException(source + ": pickle: a text that is not UTF-8", e);
    }
  }

  void skip(long length) {
    advance(length);
  }

  /** Text up to a line feed. */
  String line() {
    StringBuilder line = new StringBuilder();
    for (int c = unsignedByte(); c != '\n'; c = unsignedByte()) {
      if (line.length() == LONGEST_LINE) {
        throw error("pickle: a name of over " + LONGEST_LINE + " characters");
      }
      line.append((char) c);
    }
    return line.toString();
  }

  /** Steps over bytes; where they begin. */
  private long advance(long length) {
    long start = position;
    if (length < 0 || length > bytes.byteSize() - start) {
      throw error(
          "truncated: a pickle goes on for %s bytes at byte %d of %d"
              .formatted(Long.toUnsignedString(length), start, bytes.byteSize()));
    }
    position = start + length;
    return start;
  }
}
