package dev.weft.mp4sr.data;

import dev.weft.mp4sr.data.DatasetFormat.Counts;
import dev.weft.mp4sr.data.DatasetFormat.Entry;
import dev.weft.mp4sr.data.DatasetFormat.Section;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/**
 * Reads the binary file of a dataset. Nothing in it is believed before it is checked: lengths
 * against the file, counts against lengths, CRC-32C of every section, item numbers against the
 * catalogue.
 */
final class DatasetFileReader {
  private final Path file;
  private final FileChannel channel;
  private final Map<Section, Entry> entries = new EnumMap<>(Section.class);
  private Counts counts;
  private int crc;

  private DatasetFileReader(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Reads head and trailer. */
  static DatasetFileReader open(Path file, FileChannel channel) throws IOException {
    DatasetFileReader reader = new DatasetFileReader(file, channel);
    reader.readHead();
    reader.readTrailer();
    reader.checkLengths();
    return reader;
  }

  Counts counts() {
    return counts;
  }

  /** The trailer's CRC-32C, which stands for the whole file. */
  int crc() {
    return crc;
  }

  private DataException error(String what) {
    return new DataException(file + ": " + what + ": ingest again");
  }

  private void readHead() throws IOException {
    if (channel.size() < DatasetFormat.HEAD + DatasetFormat.TAIL) {
      throw error("truncated: " + channel.size() + " bytes");
    }
    ByteBuffer head = bytes(0, DatasetFormat.HEAD);
    if (!startsWithMagic(head)) {
      throw error("is no dataset file: it does not begin with WEFTDATA");
    }
    int version = head.getInt();
    if (version != DatasetFormat.VERSION) {
      throw error(
          "field version: this program reads version "
              + DatasetFormat.VERSION
              + ", not "
              + version);
    }
  }

  private static boolean startsWithMagic(ByteBuffer buffer) {
    byte[] found = new byte[DatasetFormat.magic().length];
    buffer.get(found);
    return Arrays.equals(found, DatasetFormat.magic());
  }

  private void readTrailer() throws IOException {
    int length = DatasetFormat.trailer();
    long start = channel.size() - length;
    if (start < DatasetFormat.HEAD) {
      throw error("truncated: " + channel.size() + " bytes");
    }
    ByteBuffer trailer = bytes(start, length);
    if (!startsWithMagic(trailer.duplicate().position(length - 8))) {
      throw error("truncated, or something follows its end");
    }
    CRC32C sum = new CRC32C();
    sum.update(trailer.slice(0, length - 12));
    crc = (int) sum.getValue();
    if (trailer.getInt(length - 12) != crc) {
      throw error("the trailer is damaged: its CRC-32C differs");
    }
    if (trailer.getInt(length - 16) != Section.values().length) {
      throw error("field sections: " + trailer.getInt(length - 16) + " sections announced");
    }
    readEntries(trailer, start);
    counts =
        new Counts(
            trailer.getLong(),
            trailer.getLong(),
            trailer.getLong(),
            trailer.getLong(),
            trailer.getLong());
  }

  private void readEntries(ByteBuffer trailer, long end) {
    long next = DatasetFormat.HEAD;
    for (Section section : Section.values()) {
      Entry entry =
          new Entry(trailer.getInt(), trailer.getInt(), trailer.getLong(), trailer.getLong());
      boolean fits = entry.length() >= 0 && entry.length() <= end - next;
      if (entry.number() != section.number() || entry.offset() != next || !fits) {
        throw error("section " + name(section) + ": its place in the file cannot be");
      }
      entries.put(section, entry);
      next += entry.length();
    }
    if (next != end) {
      throw error("bytes " + next + " to " + end + " belong to no section");
    }
  }

  /** A section of numbers holds as many as its count says. */
  private void checkLengths() {
    checkLength(Section.USER_ID_LENGTHS, "users", counts.users());
    checkLength(Section.ITEM_ID_LENGTHS, "items", counts.items());
    checkLength(Section.ITEM_TEXT_COUNTS, "items", counts.items());
    checkLength(Section.ITEM_IMAGE_COUNTS, "items", counts.items());
    checkLength(Section.SEQUENCE_LENGTHS, "users", counts.users());
    checkLength(Section.TEXT_LENGTHS, "texts", counts.texts());
    checkLength(Section.IMAGE_LENGTHS, "images", counts.images());
    checkLength(Section.SEQUENCE_ITEMS, "interactions", counts.interactions());
  }

  private void checkLength(Section section, String field, long count) {
    long length = entries.get(section).length();
    if (length % Integer.BYTES != 0 || length / Integer.BYTES != count) {
      throw error(
          "field %s: %d announced, but section %s has %d bytes"
              .formatted(field, count, name(section), length));
    }
    if (count > Integer.MAX_VALUE - 8) {
      throw error("field " + field + ": " + count + " are more than this program holds");
    }
  }

  private static String name(Section section) {
    return section.name().toLowerCase(Locale.ROOT);
  }

  /** Everything; {@code image} makes a stored path absolute. */
  Dataset read(String name, UnaryOperator<String> image) throws IOException {
    List<String> users = strings(Section.USER_ID_LENGTHS, Section.USER_IDS);
    List<Item> items = items(image);
    List<int[]> sequences = sequences(items.size());
    Set<Integer> heldOut = heldOut(items.size());
    return new Dataset(name, items, users, sequences, heldOut);
  }

  private List<Item> items(UnaryOperator<String> image) throws IOException {
    List<String> ids = strings(Section.ITEM_ID_LENGTHS, Section.ITEM_IDS);
    List<List<String>> texts = lists(Section.ITEM_TEXT_COUNTS, Section.TEXT_LENGTHS, Section.TEXTS);
    List<List<String>> images =
        lists(Section.ITEM_IMAGE_COUNTS, Section.IMAGE_LENGTHS, Section.IMAGES);
    Set<String> seen = HashSet.newHashSet(ids.size());
    List<Item> items = new ArrayList<>(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      if (!seen.add(ids.get(i))) {
        throw error("section item_ids: item " + ids.get(i) + " occurs twice");
      }
      List<String> paths = images.get(i).stream().map(image).toList();
      items.add(new Item(ids.get(i), texts.get(i), paths));
    }
    return items;
  }

  private List<List<String>> lists(Section countsOf, Section lengths, Section bytes)
      throws IOException {
    int[] sizes = ints(countsOf);
    List<String> all = strings(lengths, bytes);
    List<List<String>> lists = new ArrayList<>(sizes.length);
    int from = 0;
    for (int size : sizes) {
      if (size < 0 || size > all.size() - from) {
        throw error("section " + name(countsOf) + ": counts do not add up to " + all.size());
      }
      lists.add(all.subList(from, from + size));
      from += size;
    }
    if (from != all.size()) {
      throw error("section " + name(countsOf) + ": counts do not add up to " + all.size());
    }
    return lists;
  }

  /** Strings of given lengths. */
  private List<String> strings(Section lengths, Section bytes) throws IOException {
    int[] sizes = ints(lengths);
    List<String> strings = new ArrayList<>(sizes.length);
    try (SectionReader reader = reader(bytes)) {
      for (int size : sizes) {
        strings.add(reader.string(size));
      }
      reader.finish();
    }
    return strings;
  }

  private List<int[]> sequences(int items) throws IOException {
    int[] lengths = ints(Section.SEQUENCE_LENGTHS);
    List<int[]> sequences = new ArrayList<>(lengths.length);
    try (SectionReader reader = reader(Section.SEQUENCE_ITEMS)) {
      for (int user = 0; user < lengths.length; user++) {
        int[] sequence = reader.ints(lengths[user]);
        for (int item : sequence) {
          checkItem(Section.SEQUENCE_ITEMS, "user number " + (user + 1), item, items);
        }
        sequences.add(sequence);
      }
      reader.finish();
    }
    return sequences;
  }

  private Set<Integer> heldOut(int items) throws IOException {
    Set<Integer> heldOut = new HashSet<>();
    for (int item : ints(Section.HELD_OUT_ITEMS)) {
      checkItem(Section.HELD_OUT_ITEMS, "held-out item", item, items);
      heldOut.add(item);
    }
    return heldOut;
  }

  private void checkItem(Section section, String where, int item, int items) {
    if (item < 1 || item > items) {
      throw error(
          "section %s: %s: %d is no item; items are numbered 1 to %d"
              .formatted(name(section), where, item, items));
    }
  }

  private int[] ints(Section section) throws IOException {
    long length = entries.get(section).length();
    if (length % Integer.BYTES != 0 || length > 4L * (Integer.MAX_VALUE - 8)) {
      throw error("section " + name(section) + ": " + length + " bytes are no list of I32");
    }
    try (SectionReader reader = reader(section)) {
      int[] values = reader.ints((int) (length / Integer.BYTES));
      reader.finish();
      return values;
    }
  }

  private SectionReader reader(Section section) {
    return new SectionReader(
        channel, entries.get(section), what -> error("section " + name(section) + what));
  }

  private ByteBuffer bytes(long from, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(DatasetFormat.ORDER);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new EOFException("ends early");
      }
    }
    return buffer.flip();
  }
}
