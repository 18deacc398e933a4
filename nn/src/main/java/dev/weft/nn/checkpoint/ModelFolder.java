package dev.weft.nn.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The weights of a model's folder, in whichever form they are there. */
public final class ModelFolder {
  /** Where weights are written. */
  public static final String WEIGHTS = "model.safetensors";

  /** Where weights are read from: the first of these that is there. */
  private static final List<String> NAMES =
      List.of(
          WEIGHTS,
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  /** The same in a variant that their name tells: {@code model.fp16.safetensors}. */
  private static final List<Pattern> VARIANTS =
      List.of(
          Pattern.compile("model\\.[A-Za-z0-9]+\\.safetensors"),
          Pattern.compile("model\\.safetensors\\.index\\.[A-Za-z0-9]+\\.json"),
          Pattern.compile("pytorch_model\\.[A-Za-z0-9]+\\.bin"),
          Pattern.compile("pytorch_model\\.bin\\.index\\.[A-Za-z0-9]+\\.json"));

  /** What other checkpoints end in. */
  private static final List<String> ENDINGS = List.of(".safetensors", ".pt", ".pth", ".bin");

  /** What a training run leaves beside a model's weights. */
  private static final Pattern NO_WEIGHTS =
      Pattern.compile("(optimizer|scheduler|scaler|training_args|rng_state.*)\\.[a-z]+");

  private ModelFolder() {}

  /**
   * Opens a folder's weights: safetensors before PyTorch's, one file before several with an index,
   * the plain name before that of a variant ({@code model.fp16.safetensors}); where none has such a
   * name, the only checkpoint there is.
   *
   * @throws CheckpointException if there are none, several, or the file is not valid
   */
  public static Checkpoint openWeights(Path folder) {
    for (String name : NAMES) {
      if (Files.isRegularFile(folder.resolve(name))) {
        return openFile(folder.resolve(name));
      }
    }
    for (Pattern variant : VARIANTS) {
      List<Path> found =
          files(folder, file -> variant.matcher(file.getFileName().toString()).matches());
      if (found.size() == 1) {
        return openFile(found.getFirst());
      }
    }
    List<Path> others = files(folder, ModelFolder::isCheckpoint);
    if (others.size() > 1) {
      throw new CheckpointException(
          folder
              + ": no "
              + WEIGHTS
              + ", and several files that could be the weights: "
              + Listed.some(others.stream().map(file -> file.getFileName().toString()).toList()));
    }
    if (others.isEmpty()) {
      throw new CheckpointException(
          folder + ": no weights; looked for " + String.join(", ", NAMES));
    }
    return openFile(others.getFirst());
  }

  private static List<Path> files(Path folder, Predicate<Path> which) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).filter(which).sorted().toList();
    } catch (IOException e) {
      throw new CheckpointException(folder + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isCheckpoint(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith)
        && !NO_WEIGHTS.matcher(name).matches()
        && !name.startsWith(".");
  }

  /**
   * Opens a checkpoint: a safetensors file, one by torch.save, or the index of several; which of
   * them is told by what it holds.
   *
   * @throws CheckpointException if it cannot be read or is not valid
   */
  public static Checkpoint openFile(Path file) {
    if (file.getFileName().toString().matches(".*\\.index(\\.[A-Za-z0-9]+)?\\.json")) {
      return ShardedCheckpoint.open(file, ModelFolder::openFile);
    }
    return isByTorch(file) ? PyTorch.open(file) : SafeTensors.open(file);
  }

  private static boolean isByTorch(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    boolean isNamedSo = !name.endsWith(".safetensors") && ENDINGS.stream().anyMatch(name::endsWith);
    MemorySegment start = MemorySegment.ofArray(start(file));
    // A header's length may begin with the byte that pickles begin with.
    return !SafeTensors.isOne(start) && (PyTorch.isOne(start) || isNamedSo);
  }

  /** A file's first bytes; none where it cannot be read, which whoever opens it will find out. */
  private static byte[] start(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(16);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  /** Makes a folder to write to. */
  public static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CheckpointException(folder + ": cannot be made: " + e.getMessage(), e);
    }
  }
}
