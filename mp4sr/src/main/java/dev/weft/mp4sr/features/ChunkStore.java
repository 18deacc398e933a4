package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.nn.checkpoint.AtomicFiles;
import dev.weft.nn.checkpoint.SafeTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a run has made so far, in a folder beside its result, so that a killed run goes on. The
 * folder belongs to one job, known by its fingerprint; what another job left is thrown away.
 */
final class ChunkStore {
  private static final String FINGERPRINT = "fingerprint";

  private final Path folder;

  private ChunkStore(Path folder) {
    this.folder = folder;
  }

  static ChunkStore open(Path folder, String fingerprint) {
    ChunkStore store = new ChunkStore(folder);
    try {
      Path mark = folder.resolve(FINGERPRINT);
      if (!Files.exists(mark) || !Files.readString(mark).equals(fingerprint)) {
        store.delete();
        AtomicFiles.writeString(mark, fingerprint);
      }
      return store;
    } catch (IOException | UncheckedIOException e) {
      throw new DataException(folder + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** Bytes of what lies in the folder, of this job or, to be thrown away, of another. */
  static long bytes(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  /** A chunk that is there, or null. */
  FeatureChunk read(int number) {
    Path tensors = tensors(number);
    return Files.exists(tensors)
        ? FeatureChunk.of(SafeTensors.read(tensors), ImageTags.read(tags(number)))
        : null;
  }

  /** So many chunks, from the first on, each read when its turn comes. */
  Iterable<FeatureChunk> chunks(int count) {
    return () -> IntStream.range(0, count).mapToObj(this::read).iterator();
  }

  /** The tensors come last: where they are, the tags are too. */
  void write(int number, FeatureChunk chunk) {
    try {
      ImageTags.write(tags(number), chunk.tags());
      SafeTensors.write(tensors(number), chunk.tensors(), Map.of());
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private Path tensors(int number) {
    return folder.resolve("%06d.safetensors".formatted(number));
  }

  private Path tags(int number) {
    return folder.resolve("%06d.jsonl".formatted(number));
  }

  /** Throws everything away. */
  void delete() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
