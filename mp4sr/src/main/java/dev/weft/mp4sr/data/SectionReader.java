package dev.weft.mp4sr.data;

import dev.weft.mp4sr.data.DatasetFormat.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.zip.CRC32C;

/** One section from front to back, a buffer at a time. */
final class SectionReader implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final FileChannel channel;
  private final Entry entry;
  private final Function<String, DataException> error;
  private final CRC32C crc = new CRC32C();
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(DatasetFormat.ORDER).flip();
  private long fetched;

  /** {@code error} makes an exception of what is wrong with this section. */
  SectionReader(FileChannel channel, Entry entry, Function<String, DataException> error) {
    this.channel = channel;
    this.entry = entry;
    this.error = error;
  }

  private long remaining() {
    return entry.length() - fetched + buffer.remaining();
  }

  /** {@code count} numbers; room is made for them only where the section has as many. */
  int[] ints(int count) throws IOException {
    if (count < 0 || (long) count * Integer.BYTES > remaining()) {
      throw error.apply(": lengths do not add up to the section's");
    }
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      if (buffer.remaining() < Integer.BYTES) {
        fetch();
      }
      values[i] = buffer.getInt();
    }
    return values;
  }

  String string(int length) throws IOException {
    if (length < 0 || length > remaining()) {
      throw error.apply(": lengths do not add up to the section's");
    }
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; ) {
      if (!buffer.hasRemaining()) {
        fetch();
      }
      int part = Math.min(length - at, buffer.remaining());
      buffer.get(bytes, at, part);
      at += part;
    }
    try {
      return utf8.decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw error.apply(": holds bytes that are not UTF-8");
    }
  }

  private void fetch() throws IOException {
    buffer.compact();
    int kept = buffer.position();
    buffer.limit((int) Math.min(BUFFER, kept + entry.length() - fetched));
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, entry.offset() + fetched + buffer.position() - kept);
      if (read < 0) {
        throw error.apply(": the file ends within it");
      }
    }
    fetched += buffer.position() - kept;
    crc.update(buffer.slice(kept, buffer.position() - kept));
    buffer.flip();
  }

  /** Checks that the section is used up and its bytes are those that were written. */
  void finish() {
    if (remaining() != 0) {
      throw error.apply(": lengths do not add up to the section's");
    }
    if ((int) crc.getValue() != entry.crc()) {
      throw error.apply(": is damaged: its CRC-32C differs");
    }
  }

  /** The channel is the file's. */
  @Override
  public void close() {}
}
