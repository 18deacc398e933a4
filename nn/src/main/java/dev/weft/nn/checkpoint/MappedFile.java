package dev.weft.nn.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;

/** A file in memory, as a whole, however large: nothing is read before it is looked at. */
final class MappedFile implements AutoCloseable {
  /** How the text begins that stands for a large file in a repository. */
  private static final byte[] POINTER =
      "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);

  private final Path path;
  private final Arena arena;
  private final MemorySegment bytes;
  private final AtomicBoolean isOpen = new AtomicBoolean(true);

  private MappedFile(Path path, Arena arena, MemorySegment bytes) {
    this.path = path;
    this.arena = arena;
    this.bytes = bytes;
  }

  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  static MappedFile open(Path path) {
    if (Files.isDirectory(path)) {
      throw new CheckpointException(path + ": is a folder; name the file inside it");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      requireNoPointer(path, bytes);
      return new MappedFile(path, arena, bytes);
    } catch (NoSuchFileException e) {
      arena.close();
      throw new CheckpointException(path + ": no such file", e);
    } catch (IOException e) {
      arena.close();
      throw new CheckpointException(path + ": cannot be read: " + e, e);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  private static void requireNoPointer(Path path, MemorySegment bytes) {
    if (bytes.byteSize() >= POINTER.length
        && bytes.asSlice(0, POINTER.length).mismatch(MemorySegment.ofArray(POINTER)) < 0) {
      throw new CheckpointException(
          path + ": is a Git LFS pointer and not the file itself; fetch it with git lfs pull");
    }
  }

  Path path() {
    return path;
  }

  MemorySegment bytes() {
    return bytes;
  }

  boolean isOpen() {
    return isOpen.get();
  }

  @Override
  public void close() {
    if (isOpen.getAndSet(false)) {
      arena.close();
    }
  }
}
