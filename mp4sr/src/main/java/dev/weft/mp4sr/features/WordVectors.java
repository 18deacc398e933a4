package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
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

  private WordVectors() {}

  /** [words, projection], from the file where it is the right one. */
  static Tensor of(
      ClipModel clip, WordDictionary dictionary, FeatureOptions options, Path file, String print) {
    return cached(
        file,
        print,
        () -> clip.encodeText(dictionary.words().stream().map(options::prompt).toList()));
  }

  static Tensor cached(Path file, String print, Supplier<Tensor> compute) {
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
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new DataException(file + ": cannot be written: " + e.getMessage(), e);
    }
    SafeTensors.write(file, Map.of(NAME, words), Map.of(FINGERPRINT, print));
    return words;
  }
}
