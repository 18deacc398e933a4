package dev.weft.nn.checkpoint;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Files that appear whole or not at all: written beside their place, then moved into it. */
public final class AtomicFiles {
  private AtomicFiles() {}

  /** What fills the file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything; the channel is at position 0 and stays open. */
    void writeTo(FileChannel out) throws IOException;
  }

  /** What fills the file, as a stream. */
  @FunctionalInterface
  public interface StreamContent {
    /** Writes everything; the stream is buffered. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file by way of a temporary sibling, which is removed when {@code content} fails; the
   * file's folder is made where there is none. A symbolic link to something that is there stays,
   * and what it points to is replaced; a device or a pipe is written to as it is, since moving a
   * file into its place would remove it.
   *
   * @throws IOException if the folder cannot be made or written to, or a folder has the file's name
   */
  public static void write(Path file, Content content) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "is a folder; name a file in it");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (var out = FileChannel.open(file, StandardOpenOption.WRITE)) {
        content.writeTo(out);
      }
      return;
    }
    replace(Files.exists(file) ? file.toRealPath() : file.toAbsolutePath(), content);
  }

  private static void replace(Path target, Content content) throws IOException {
    if (target.getParent() != null) {
      Files.createDirectories(target.getParent());
    }
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      try (var out =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(out);
        // Without this a crash after the move may leave a file whose name is there and whose
        // bytes are not.
        out.force(true);
      }
      move(temporary, target);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Writes a file in the same way through a stream. */
  public static void writeStream(Path file, StreamContent content) throws IOException {
    write(
        file,
        channel -> {
          // Not closed: the channel is still to be forced.
          OutputStream out = new BufferedOutputStream(new Unclosed(channel), 1 << 16);
          content.writeTo(out);
          out.flush();
        });
  }

  /** Bytes to a channel that somebody else closes. */
  private static final class Unclosed extends OutputStream {
    private final FileChannel channel;

    Unclosed(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      writeFully(channel, ByteBuffer.wrap(bytes, from, count));
    }
  }

  /**
   * Writes a text file, UTF-8, in the same way.
   *
   * @throws UncheckedIOException naming the file, if it cannot be written
   */
  public static void writeString(Path file, String text) {
    try {
      write(file, out -> writeFully(out, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written: " + reason(e), e);
    }
  }

  /** Why a file could not be written, without the class of the exception. */
  static String reason(IOException e) {
    return switch (e) {
      case FileAlreadyExistsException there -> there.getFile() + " is not a folder";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      case FileSystemException other -> other.toString(); // its message is the file's name alone
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }

  /** Writes all that remains of a buffer. */
  static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
