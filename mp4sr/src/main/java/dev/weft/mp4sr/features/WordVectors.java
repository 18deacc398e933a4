package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.clip.ClipModel;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * CLIP(w) for every word of the dictionary, computed once and kept in {@value #FILE} beside the
 * features: known by a fingerprint of the model, the template and the words.
 */
final class WordVectors {
  static final String FILE = "words.safetensors";

  private static final String NAME = "words";
  private static final String FINGERPRINT = "fingerprint";
  private static final String WORDS = "words";

  private WordVectors() {}

  /** What is done with the file. */
  enum Keeping {
    /** It is read, and written where it is missing or of other words. */
    READ_AND_WRITE,
    /** It is read. */
    READ
  }

  /** [words, projection], from the file where it is the right one. */
  static Tensor of(
      ClipModel clip,
      WordDictionary dictionary,
      FeatureOptions options,
      Path file,
      Keeping keeping,
      String print) {
    return cached(
        file,
        keeping,
        print,
        dictionary,
        () -> clip.encodeText(dictionary.words().stream().map(options::prompt).toList()));
  }

  /** The words of a file; those of the catalogue's own texts where it does not say them. */
  static WordDictionary dictionary(Path file, Dataset dataset) {
    if (Files.exists(file)) {
      try (Checkpoint kept = SafeTensors.open(file)) {
        String words = kept.metadata().get(WORDS);
        if (words != null) {
          return new WordDictionary(words.lines().toList());
        }
      } catch (CheckpointException e) {
        // A cache that cannot be read says nothing.
      }
    }
    return WordDictionary.of(dataset);
  }

  static Tensor cached(
      Path file,
      Keeping keeping,
      String print,
      WordDictionary dictionary,
      Supplier<Tensor> compute) {
    if (Files.exists(file)) {
      try (Checkpoint kept = SafeTensors.open(file)) {
        if (print.equals(kept.metadata().get(FINGERPRINT))) {
          return SafeTensors.read(file).get(NAME);
        }
      } catch (CheckpointException e) {
        // A cache that cannot be read is made again.
      }
    }
    Tensor words = compute.get();
    if (keeping == Keeping.READ) {
      return words;
    }
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new DataException(file + ": cannot be written: " + e.getMessage(), e);
    }
    SafeTensors.write(
        file,
        Map.of(NAME, words),
        Map.of(FINGERPRINT, print, WORDS, String.join("\n", dictionary.words())));
    return words;
  }
}
