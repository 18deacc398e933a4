package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.ZipException;

/**
 * The bytes of a file, unzipped where its first bytes are gzip's. Progress counts bytes as they lie
 * on disk.
 */
final class InputFile implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final ProgressListener progress;
  private final CountingStream disk;
  private final InputStream in;

  private InputFile(Path file, ProgressListener progress) throws IOException {
    this.file = file;
    this.progress = progress;
    disk = new CountingStream(Files.newInputStream(file));
    try {
      BufferedInputStream raw = new BufferedInputStream(disk, BUFFER);
      raw.mark(2);
      boolean zipped = raw.read() == 0x1F && raw.read() == 0x8B;
      raw.reset();
      in = zipped ? new GzipMembers(raw) : raw;
    } catch (IOException e) {
      disk.close();
      throw e;
    }
  }

  static InputFile open(Path file, ProgressListener progress) {
    if (Files.isDirectory(file)) {
      throw new DataException(file + ": is a folder, a file was expected");
    }
    try {
      InputFile input = new InputFile(file, progress);
      progress.start("reading " + file.getFileName(), Files.size(file));
      return input;
    } catch (IOException e) {
      throw broken(file.toString(), e);
    }
  }

  InputStream stream() {
    return in;
  }

  Path file() {
    return file;
  }

  /** Tells the listener how far the file is read. */
  void report() {
    progress.step(disk.count);
  }

  /** Says in one line what an exception means. */
  static DataException broken(String where, IOException cause) {
    String what =
        switch (cause) {
          case NoSuchFileException e -> "no such file";
          case EOFException e -> "the .gz is truncated: fetch it again";
          case ZipException e -> "the .gz is damaged (" + e.getMessage() + "): fetch it again";
          case CharacterCodingException e -> "not UTF-8 text";
          default -> "cannot be read: " + cause.getMessage();
        };
    return new DataException(where + ": " + what, cause);
  }

  @Override
  public void close() {
    progress.end();
    try {
      in.close();
    } catch (IOException e) {
      throw new DataException(file + ": cannot be closed: " + e.getMessage(), e);
    }
  }

  /** Counts what was read from disk. */
  private static final class CountingStream extends FilterInputStream {
    private long count;

    CountingStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      count += value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int read = super.read(bytes, from, length);
      count += Math.max(read, 0);
      return read;
    }
  }
}
