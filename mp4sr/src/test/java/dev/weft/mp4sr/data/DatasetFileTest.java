package dev.weft.mp4sr.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The binary file against hostile bytes, and against the specification's offsets. */
class DatasetFileTest {
  private static final int SECTIONS = 13;
  private static final int TRAILER = SECTIONS * 24 + 56;

  @TempDir Path temp;
  private Path file;
  private byte[] good;

  @BeforeEach
  void write() throws IOException {
    List<Item> items =
        List.of(
            new Item("a", List.of("Tasse \u00FCber \uD83D\uDE00", ""), List.of("/p/1.png")),
            new Item("b", List.of(), List.of()),
            new Item("c", List.of("x".repeat(200_000)), List.of("/p/2.png", "/p/3.png")));
    List<int[]> sequences = List.of(new int[] {1, 2, 3, 1}, new int[0], new int[] {2});
    new Dataset("d", items, List.of("u", "v", "w"), sequences, Set.of(2)).write(temp);
    file = temp.resolve("dataset.bin");
    good = Files.readAllBytes(file);
  }

  @Test
  void readsWhatItWrote() {
    Dataset read = Dataset.read(temp);
    assertEquals("Tasse \u00FCber \uD83D\uDE00", read.item(1).texts().getFirst());
    assertEquals(List.of("/p/2.png", "/p/3.png"), read.item(3).images());
    assertEquals(200_000, read.item(3).title().length());
    assertArrayEquals(new int[] {1, 2, 3, 1}, read.sequences().getFirst());
    assertEquals(Set.of(2), read.heldOut());
  }

  @Test
  void sameDataSameBytes() throws IOException {
    Dataset.read(temp).write(temp);
    assertArrayEquals(good, Files.readAllBytes(file));
  }

  @Test
  void everyCutIsRefused() throws IOException {
    for (int length = 0; length < good.length; length += length < 600 ? 7 : 9973) {
      refused(Arrays.copyOf(good, length), "");
    }
    refused(Arrays.copyOf(good, good.length - 1), "truncated");
    refused(Arrays.copyOf(good, good.length + 1), "truncated, or something follows");
  }

  /** Wherever a bit flips, it is noticed: in head, sections and trailer. */
  @Test
  void everyFlippedBitIsRefused() throws IOException {
    Random random = new Random(7);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      places.add(i);
    }
    for (int i = good.length - TRAILER; i < good.length; i++) {
      places.add(i);
    }
    for (int i = 0; i < 60; i++) {
      places.add(16 + random.nextInt(good.length - 16));
    }
    for (int i = 16; i < 120; i++) {
      places.add(i);
    }
    for (int place : places) {
      byte[] bytes = good.clone();
      bytes[place] ^= (byte) (1 << random.nextInt(8));
      refused(bytes, "");
    }
  }

  @Test
  void namesTheField() throws IOException {
    refused(changed(bytes -> bytes.putInt(8, 3)), "field version: this program reads version 2");
    int entries = good.length - TRAILER;
    int counts = entries + SECTIONS * 24;
    refused(resealed(bytes -> bytes.putLong(counts, 4)), "field users: 4 announced");
    refused(resealed(bytes -> bytes.putLong(counts + 8, -1)), "field items: -1 announced");
    refused(resealed(bytes -> bytes.putLong(counts + 16, 1L << 60)), "field interactions");
    refused(resealed(bytes -> bytes.putInt(counts + 40, 12)), "field sections: 12");
    refused(resealed(bytes -> bytes.putLong(entries + 8, 17)), "section user_id_lengths");
    refused(resealed(bytes -> bytes.putLong(entries + 16, Long.MAX_VALUE)), "section user_id_le");
    refused(resealed(bytes -> bytes.putLong(entries + 16, -4)), "section user_id_lengths");
    refused(resealed(bytes -> bytes.putInt(entries, 9)), "section user_id_lengths");
  }

  /** Sections with the right CRC and wrong contents: what a careless writer would make. */
  @Test
  void contentsAreNotBelievedEither() throws IOException {
    refused(section(12, 0, 4), "section sequence_items: user number 1: 4 is no item");
    refused(section(12, 0, 0), "0 is no item; items are numbered 1 to 3");
    refused(section(12, 8, -1), "-1 is no item");
    refused(section(13, 0, 9), "section held_out_items: held-out item: 9 is no item");
    refused(section(1, 0, -5), "section user_ids: lengths do not add up");
    refused(section(1, 0, Integer.MAX_VALUE), "section user_ids: lengths do not add up");
    refused(section(1, 0, 0), "section user_ids: lengths do not add up");
    refused(section(5, 0, 7), "section item_text_counts: counts do not add up to 3");
    refused(section(5, 0, -1), "section item_text_counts: counts do not add up");
    refused(section(11, 0, 99), "section sequence_items: lengths do not add up");
    refused(section(7, 0, 0xFFFFFFFF), "section texts: holds bytes that are not UTF-8");
  }

  @Test
  void twoRunsAreNotMixed() throws IOException {
    Path other = temp.resolve("other");
    Dataset data = Dataset.read(temp);
    List<int[]> sequences = List.of(new int[] {1, 2, 3, 3}, new int[0], new int[] {2});
    new Dataset("d", data.items(), data.users(), sequences).write(other);
    refused(Files.readAllBytes(other.resolve("dataset.bin")), "field file.crc32c");
  }

  private void refused(byte[] bytes, String expected) throws IOException {
    Files.write(file, bytes);
    DataException error = assertThrows(DataException.class, () -> Dataset.read(temp));
    assertTrue(error.getMessage().contains(expected), error.getMessage());
    assertTrue(error.getMessage().contains("ingest again"), error.getMessage());
    assertFalse(error.getMessage().contains("\n"), error.getMessage());
  }

  private byte[] changed(Consumer<ByteBuffer> change) {
    byte[] bytes = good.clone();
    change.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    return bytes;
  }

  /** A change whose trailer is made right again, and dataset.json with it. */
  private byte[] resealed(Consumer<ByteBuffer> change) throws IOException {
    byte[] bytes = changed(change);
    int crc = crc(bytes, bytes.length - TRAILER, TRAILER - 12);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 12, crc);
    Path json = temp.resolve("dataset.json");
    String header = Files.readString(json);
    Files.writeString(
        json,
        header.replaceAll("\"crc32c\" : \"\\p{XDigit}+\"", "\"crc32c\" : \"%08x\"".formatted(crc)));
    return bytes;
  }

  /** Overwrites a number in a section and makes all sums right again. */
  private byte[] section(int number, int at, int value) throws IOException {
    return resealed(
        bytes -> {
          int entry = good.length - TRAILER + (number - 1) * 24;
          int offset = (int) bytes.getLong(entry + 8);
          bytes.putInt(offset + at, value);
          int length = (int) bytes.getLong(entry + 16);
          byte[] contents = new byte[length];
          bytes.get(offset, contents);
          bytes.putInt(entry + 4, crc(contents, 0, length));
        });
  }

  private static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}
