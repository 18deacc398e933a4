package dev.weft.mp4sr.data;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The binary file of a dataset folder, version {@value #VERSION}: a head, the {@link Section}s back
 * to back in the order of this enumeration, and a trailer with their places, lengths and CRC-32C.
 * {@code docs/dataset-format.md} is the specification.
 */
final class DatasetFormat {
  static final int VERSION = 2;
  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Magic, version, a zero. */
  static final int HEAD = 16;

  /** For each section: number, CRC-32C, offset, length. */
  static final int ENTRY = 24;

  /** What follows the entries: five counts, number of sections, CRC-32C, magic. */
  static final int TAIL = 5 * 8 + 4 + 4 + 8;

  private static final byte[] MAGIC = "WEFTDATA".getBytes(StandardCharsets.US_ASCII);

  private DatasetFormat() {}

  static byte[] magic() {
    return MAGIC.clone();
  }

  static int trailer() {
    return Section.values().length * ENTRY + TAIL;
  }

  /** A column. Lengths and counts are I32; a string's bytes are UTF-8 without an end mark. */
  enum Section {
    USER_ID_LENGTHS(1),
    USER_IDS(2),
    ITEM_ID_LENGTHS(3),
    ITEM_IDS(4),
    ITEM_TEXT_COUNTS(5),
    TEXT_LENGTHS(6),
    TEXTS(7),
    ITEM_IMAGE_COUNTS(8),
    IMAGE_LENGTHS(9),
    IMAGES(10),
    SEQUENCE_LENGTHS(11),
    SEQUENCE_ITEMS(12),
    HELD_OUT_ITEMS(13);

    private final int number;

    Section(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /** How many of everything there are. */
  record Counts(long users, long items, long interactions, long texts, long images) {}

  /** Where a section lies and what its bytes add up to. */
  record Entry(int number, int crc, long offset, long length) {}
}
