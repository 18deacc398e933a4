package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A list of strings for each number, as UTF-8: up to {@value #MEMORY} bytes in memory, more in a
 * temporary file that goes when nobody holds it any more.
 */
final class StringLists {
  private static final int MEMORY = 32 << 20;

  private final long[] places;
  private byte[] memory = new byte[1 << 12];
  private int filled;
  private long flushed;
  private FileChannel file;

  StringLists(int size) {
    places = new long[size];
    Arrays.fill(places, -1);
  }

  boolean has(int number) {
    return places[number] >= 0;
  }

  void put(int number, List<String> strings) {
    List<byte[]> encoded = strings.stream().map(s -> s.getBytes(StandardCharsets.UTF_8)).toList();
    int length = Integer.BYTES * (2 + encoded.size());
    for (byte[] bytes : encoded) {
      length = Math.addExact(length, bytes.length);
    }
    ByteBuffer record = ByteBuffer.allocate(length).putInt(length).putInt(encoded.size());
    encoded.forEach(bytes -> record.putInt(bytes.length).put(bytes));
    if (length > MEMORY - filled) {
      spill();
    }
    places[number] = flushed + filled;
    if (length > memory.length - filled) {
      int wider = Math.max(Math.min(2 * memory.length, MEMORY), filled + length);
      memory = Arrays.copyOf(memory, wider);
    }
    System.arraycopy(record.array(), 0, memory, filled, length);
    filled += length;
  }

  /** What was put, or nothing. */
  List<String> get(int number) {
    if (!has(number)) {
      return List.of();
    }
    long place = places[number];
    if (place >= flushed) {
      return decode(
          ByteBuffer.wrap(
              memory, (int) (place - flushed) + 4, memory.length - 4 - (int) (place - flushed)));
    }
    try {
      int length = read(place, Integer.BYTES).getInt();
      return decode(read(place + Integer.BYTES, length - Integer.BYTES));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static List<String> decode(ByteBuffer record) {
    int count = record.getInt();
    List<String> strings = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[record.getInt()];
      record.get(bytes);
      strings.add(new String(bytes, StandardCharsets.UTF_8));
    }
    return strings;
  }

  private ByteBuffer read(long from, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, from + buffer.position()) < 0) {
        throw new IOException("ends early");
      }
    }
    return buffer.flip();
  }

  private void spill() {
    try {
      if (file == null) {
        Path path = Files.createTempFile("mp4sr-ingest", ".texts");
        file =
            FileChannel.open(
                path,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
      }
      ByteBuffer buffer = ByteBuffer.wrap(memory, 0, filled);
      while (buffer.hasRemaining()) {
        file.write(buffer, flushed + buffer.position());
      }
    } catch (IOException e) {
      throw failed(e);
    }
    flushed += filled;
    filled = 0;
  }

  private static DataException failed(IOException e) {
    return new DataException(
        System.getProperty("java.io.tmpdir")
            + ": temporary file of the items' texts: "
            + e.getMessage()
            + "; -Djava.io.tmpdir=DIR names another place",
        e);
  }
}
