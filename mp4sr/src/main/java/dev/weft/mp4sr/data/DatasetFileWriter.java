package dev.weft.mp4sr.data;

import dev.weft.mp4sr.data.DatasetFormat.Counts;
import dev.weft.mp4sr.data.DatasetFormat.Entry;
import dev.weft.mp4sr.data.DatasetFormat.Section;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/** Writes the binary file of a dataset from front to back; holds lengths, never texts. */
final class DatasetFileWriter {
  private final OutputStream out;
  private final List<Entry> entries = new ArrayList<>();
  private long position;

  private DatasetFileWriter(OutputStream out) {
    this.out = out;
  }

  /** What was written. */
  record Written(Counts counts, long bytes, int crc) {}

  /** {@code storedImage}: how the path of a picture is written. */
  static Written write(OutputStream out, DatasetSource source, UnaryOperator<String> storedImage)
      throws IOException {
    return new DatasetFileWriter(out).write(source, storedImage);
  }

  private Written write(DatasetSource source, UnaryOperator<String> storedImage)
      throws IOException {
    ByteBuffer head = ByteBuffer.allocate(DatasetFormat.HEAD).order(DatasetFormat.ORDER);
    head.put(DatasetFormat.magic()).putInt(DatasetFormat.VERSION).putInt(0);
    put(head.array());
    int users = source.userCount();
    int items = source.itemCount();
    strings(Section.USER_ID_LENGTHS, Section.USER_IDS, users, source::user);
    strings(Section.ITEM_ID_LENGTHS, Section.ITEM_IDS, items, source::itemId);
    long texts =
        lists(
            Section.ITEM_TEXT_COUNTS,
            Section.TEXT_LENGTHS,
            Section.TEXTS,
            items,
            source::itemTexts);
    long images =
        lists(
            Section.ITEM_IMAGE_COUNTS,
            Section.IMAGE_LENGTHS,
            Section.IMAGES,
            items,
            item -> source.itemImages(item).stream().map(storedImage).toList());
    long interactions = sequences(source);
    int[] heldOut = source.heldOut().stream().mapToInt(Integer::intValue).sorted().toArray();
    ints(Section.HELD_OUT_ITEMS, heldOut, heldOut.length);
    return trailer(new Counts(users, items, interactions, texts, images));
  }

  private void put(byte[] bytes) throws IOException {
    out.write(bytes);
    position += bytes.length;
  }

  // Lengths come first in the file, so that a reader knows what to expect; they are asked for in a
  // pass of their own rather than held back together with the strings.

  private void strings(Section lengths, Section bytes, int count, IntFunction<String> string)
      throws IOException {
    int[] sizes = new int[count];
    for (int i = 0; i < count; i++) {
      sizes[i] = utf8(string.apply(i)).length;
    }
    ints(lengths, sizes, count);
    try (SectionSink sink = new SectionSink(bytes)) {
      for (int i = 0; i < count; i++) {
        sink.put(utf8(string.apply(i)));
      }
    }
  }

  private long lists(
      Section counts, Section lengthsOf, Section bytes, int items, IntFunction<List<String>> list)
      throws IOException {
    int[] sizes = new int[items];
    int[] lengths = new int[Math.max(16, items)];
    int total = 0;
    for (int i = 0; i < items; i++) {
      List<String> strings = list.apply(i);
      sizes[i] = strings.size();
      for (String string : strings) {
        if (total == lengths.length) {
          lengths = Arrays.copyOf(lengths, Math.addExact(total, total >> 1));
        }
        lengths[total++] = utf8(string).length;
      }
    }
    ints(counts, sizes, items);
    ints(lengthsOf, lengths, total);
    try (SectionSink sink = new SectionSink(bytes)) {
      for (int i = 0; i < items; i++) {
        for (String string : list.apply(i)) {
          sink.put(utf8(string));
        }
      }
    }
    return total;
  }

  private long sequences(DatasetSource source) throws IOException {
    int[] lengths = new int[source.userCount()];
    long total = 0;
    for (int user = 0; user < lengths.length; user++) {
      lengths[user] = source.sequence(user).length;
      total += lengths[user];
    }
    ints(Section.SEQUENCE_LENGTHS, lengths, lengths.length);
    try (SectionSink sink = new SectionSink(Section.SEQUENCE_ITEMS)) {
      for (int user = 0; user < lengths.length; user++) {
        for (int item : source.sequence(user)) {
          sink.putInt(item);
        }
      }
    }
    return total;
  }

  private void ints(Section section, int[] values, int count) throws IOException {
    try (SectionSink sink = new SectionSink(section)) {
      for (int i = 0; i < count; i++) {
        sink.putInt(values[i]);
      }
    }
  }

  private Written trailer(Counts counts) throws IOException {
    ByteBuffer trailer = ByteBuffer.allocate(DatasetFormat.trailer()).order(DatasetFormat.ORDER);
    for (Entry entry : entries) {
      trailer.putInt(entry.number()).putInt(entry.crc());
      trailer.putLong(entry.offset()).putLong(entry.length());
    }
    trailer.putLong(counts.users()).putLong(counts.items()).putLong(counts.interactions());
    trailer.putLong(counts.texts()).putLong(counts.images()).putInt(entries.size());
    CRC32C crc = new CRC32C();
    crc.update(trailer.array(), 0, trailer.position());
    trailer.putInt((int) crc.getValue()).put(DatasetFormat.magic());
    put(trailer.array());
    return new Written(counts, position, (int) crc.getValue());
  }

  private static byte[] utf8(String string) {
    return string.getBytes(StandardCharsets.UTF_8);
  }

  /** One section on its way out; closing it notes its place. */
  private final class SectionSink implements AutoCloseable {
    private final Section section;
    private final long offset = position;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(DatasetFormat.ORDER);

    SectionSink(Section section) {
      this.section = section;
    }

    void putInt(int value) throws IOException {
      if (buffer.remaining() < Integer.BYTES) {
        flush();
      }
      buffer.putInt(value);
    }

    void put(byte[] bytes) throws IOException {
      if (bytes.length > buffer.remaining()) {
        flush();
      }
      if (bytes.length > buffer.remaining()) {
        crc.update(bytes, 0, bytes.length);
        DatasetFileWriter.this.put(bytes);
      } else {
        buffer.put(bytes);
      }
    }

    private void flush() throws IOException {
      crc.update(buffer.array(), 0, buffer.position());
      out.write(buffer.array(), 0, buffer.position());
      position += buffer.position();
      buffer.clear();
    }

    @Override
    public void close() throws IOException {
      flush();
      entries.add(new Entry(section.number(), (int) crc.getValue(), offset, position - offset));
    }
  }
}
