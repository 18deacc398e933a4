package dev.weft.nn.checkpoint;

import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The safetensors format (github.com/huggingface/safetensors): eight bytes with the length of the
 * header, a JSON header that gives each tensor's {@code dtype}, {@code shape} and {@code
 * data_offsets}, then the elements, little-endian and row-major, without gaps.
 *
 * <p>Element types: F64, F32, F16, BF16, I64, I32, U8, BOOL.
 */
public final class SafeTensors {
  private SafeTensors() {}

  /**
   * Opens a file, memory-mapped. The whole header is checked before anything is trusted: a file
   * that opens has every byte that its header promises.
   *
   * @throws CheckpointException if the file cannot be read or breaks the format in any way
   */
  public static Checkpoint open(Path file) {
    return SafeTensorsFile.open(file);
  }

  /**
   * Every tensor of a file, in the file's order.
   *
   * @throws CheckpointException as {@link #open}
   */
  public static Map<String, Tensor> read(Path file) {
    try (Checkpoint checkpoint = open(file)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      checkpoint.tensors().keySet().forEach(name -> tensors.put(name, checkpoint.load(name)));
      return tensors;
    }
  }

  /**
   * Writes a file, replacing one that is there; a reader sees the old file or the new one, never a
   * half. The same tensors and metadata give the same bytes, whatever the maps' order.
   *
   * @throws CheckpointException if the file cannot be written or a name is reserved
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    if (tensors.containsKey(SafeTensorsHeader.METADATA)) {
      throw new CheckpointException(
          file + ": '" + SafeTensorsHeader.METADATA + "' is reserved and cannot name a tensor");
    }
    try {
      AtomicFiles.write(file, out -> SafeTensorsWriter.write(out, tensors, metadata));
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be written: " + e, e);
    }
  }
}
