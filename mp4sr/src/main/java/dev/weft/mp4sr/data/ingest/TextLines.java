package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Lines of a UTF-8 file, plain or gzip. Every error names the file and the line reached. */
final class TextLines implements Location, AutoCloseable {
  private static final int LONGEST_LINE = 1 << 26;
  private static final int BUFFER = 1 << 16;
  private static final long REPORT_EVERY = 4096;

  private final InputFile input;
  private final byte[] buffer = new byte[BUFFER];
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private int position;
  private int filled;
  private long number;

  private TextLines(InputFile input) {
    this.input = input;
  }

  static TextLines open(Path file, ProgressListener progress) {
    return new TextLines(InputFile.open(file, progress));
  }

  /** Number of the line read last, from 1. */
  long number() {
    return number;
  }

  @Override
  public MalformedLine error(String message) {
    return new MalformedLine(input.file() + ":" + number + ": " + message);
  }

  /** The next line without its end, or null after the last. */
  String next() {
    byte[] line;
    try {
      line = nextBytes();
    } catch (IOException e) {
      throw InputFile.broken(input.file() + ": after line " + number, e);
    }
    if (line == null) {
      return null;
    }
    number++;
    if (number % REPORT_EVERY == 0) {
      input.report();
    }
    return decode(line);
  }

  private byte[] nextBytes() throws IOException {
    pending.reset();
    while (true) {
      int start = position;
      while (position < filled && buffer[position] != '\n') {
        position++;
      }
      pending.write(buffer, start, position - start);
      if (position < filled) {
        position++;
        return pending.toByteArray();
      }
      if (pending.size() > LONGEST_LINE) {
        throw new DataException(
            input.file() + ": line " + (number + 1) + " exceeds " + LONGEST_LINE + " bytes");
      }
      position = 0;
      filled = Math.max(0, input.stream().read(buffer, 0, buffer.length));
      if (filled == 0) {
        return pending.size() == 0 ? null : pending.toByteArray();
      }
    }
  }

  private String decode(byte[] line) {
    int length = line.length;
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    int from = number == 1 && startsWithMark(line) ? 3 : 0;
    try {
      ByteBuffer bytes = ByteBuffer.wrap(line, from, length - from);
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw InputFile.broken(input.file() + ":" + number, e);
    }
  }

  /** A byte order mark, as some editors put before UTF-8. */
  private static boolean startsWithMark(byte[] line) {
    return line.length >= 3
        && line[0] == (byte) 0xEF
        && line[1] == (byte) 0xBB
        && line[2] == (byte) 0xBF;
  }

  @Override
  public void close() {
    input.close();
  }
}
