package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Lines of a UTF-8 file, plain or gzip; LF, CR LF and CR alone end one. Every error names the file
 * and the line reached.
 */
final class TextLines implements Location, AutoCloseable {
  private static final int LONGEST_LINE = 1 << 26;
  private static final int BUFFER = 1 << 16;
  private static final long REPORT_EVERY = 4096;

  private final InputFile input;
  private final byte[] buffer = new byte[BUFFER];
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private byte[] line = buffer;
  private int start;
  private int end;
  private int position;
  private int filled;
  private boolean endedByReturn;
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
    return advance() ? text() : null;
  }

  /** Goes to the next line; false after the last. */
  boolean advance() {
    boolean found;
    try {
      found = read();
    } catch (IOException e) {
      throw InputFile.broken(input.file() + ": after line " + number, e);
    }
    if (!found) {
      return false;
    }
    number++;
    if (number % REPORT_EVERY == 0) {
      input.report();
    }
    if (number == 1 && startsWithMark()) {
      start += 3;
    }
    return true;
  }

  /** The bytes in which the line lies, from {@link #start} to {@link #end}. */
  byte[] bytes() {
    return line;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /** The line as text. */
  String text() {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(line, start, end - start);
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw InputFile.broken(input.file() + ":" + number, e);
    }
  }

  /** Finds the next line: in the buffer where it lies there whole, else put together. */
  private boolean read() throws IOException {
    pending.reset();
    while (true) {
      skipFeed();
      int from = position;
      while (position < filled && !isEnd(buffer[position])) {
        position++;
      }
      if (position < filled && pending.size() == 0) {
        return found(buffer, from, pass());
      }
      pending.write(buffer, from, position - from);
      if (position < filled) {
        pass();
        return foundPending();
      }
      if (pending.size() > LONGEST_LINE) {
        throw new DataException(
            input.file() + ": line " + (number + 1) + " exceeds " + LONGEST_LINE + " bytes");
      }
      position = 0;
      filled = Math.max(0, input.stream().read(buffer, 0, buffer.length));
      if (filled == 0) {
        return pending.size() != 0 && foundPending();
      }
    }
  }

  private static boolean isEnd(byte b) {
    return b == '\n' || b == '\r';
  }

  /** Goes past the byte that ends a line; where that stands. */
  private int pass() {
    endedByReturn = buffer[position] == '\r';
    return position++;
  }

  /** The second half of CR LF, which may lie in the next buffer. */
  private void skipFeed() {
    if (endedByReturn && position < filled) {
      endedByReturn = false;
      position += buffer[position] == '\n' ? 1 : 0;
    }
  }

  private boolean foundPending() {
    byte[] bytes = pending.toByteArray();
    return found(bytes, 0, bytes.length);
  }

  private boolean found(byte[] bytes, int from, int to) {
    line = bytes;
    start = from;
    end = to;
    return true;
  }

  /** A byte order mark, as some editors put before UTF-8. */
  private boolean startsWithMark() {
    return end - start >= 3
        && line[start] == (byte) 0xEF
        && line[start + 1] == (byte) 0xBB
        && line[start + 2] == (byte) 0xBF;
  }

  @Override
  public void close() {
    input.close();
  }
}
