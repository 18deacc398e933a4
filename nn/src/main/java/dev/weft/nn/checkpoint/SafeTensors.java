package dev.weft.nn.checkpoint;

import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The safetensors format (github.com/huggingface/safetensors): eight bytes with the length of the
 * header, a JSON header that gives each tensor's {@code dtype}, {@code shape} and {@code
 * data_offsets}, then the elements, little-endian and row-major, without gaps.
 *
 * <p>Element types: those of {@link StoredType}; F8 and other kinds are refused by name. A tensor
 * has fewer than 2³¹ elements; a file may have any size.
 */
public final class SafeTensors {
  /** The reference implementation's limit for a header, in bytes. */
  static final long MAX_HEADER = 100_000_000;

  private SafeTensors() {}

  /**
   * Opens a file, memory-mapped. The whole header is checked before anything is trusted: a file
   * that opens has every byte that its header promises.
   *
   * @throws CheckpointException if the file cannot be read or breaks the format in any way
   */
  public static Checkpoint open(Path file) {
    MappedFile mapped = MappedFile.open(file);
    try {
      MemorySegment bytes = mapped.bytes();
      long headerLength = headerLength(file, bytes);
      SafeTensorsHeader header =
          SafeTensorsHeader.parse(
              file.toString(),
              bytes.asSlice(Long.BYTES, headerLength),
              bytes.asSlice(Long.BYTES + headerLength));
      return new MappedCheckpoint(mapped, header.tensors(), header.metadata());
    } catch (Throwable e) {
      mapped.close();
      throw e;
    }
  }

  /** Whether bytes begin as a safetensors file does: a length below 100 million, a brace. */
  static boolean isOne(MemorySegment bytes) {
    return bytes.byteSize() > Long.BYTES
        && LittleEndian.longAt(bytes, 0) >= 0
        && LittleEndian.longAt(bytes, 0) <= MAX_HEADER
        && LittleEndian.byteAt(bytes, Long.BYTES) == '{';
  }

  private static long headerLength(Path file, MemorySegment bytes) {
    long rest = bytes.byteSize() - Long.BYTES;
    if (rest < 0) {
      throw new CheckpointException(
          file + ": not a safetensors file: only " + bytes.byteSize() + " bytes");
    }
    long length = LittleEndian.longAt(bytes, 0);
    if (length < 0 || length > MAX_HEADER) {
      throw new CheckpointException(
          "%s: not a safetensors file: a header of %s bytes (at most %d)"
              .formatted(file, Long.toUnsignedString(length), MAX_HEADER));
    }
    if (length > rest) {
      throw new CheckpointException(
          "%s: truncated: the header takes %d bytes, the file has %d after its first eight"
              .formatted(file, length, rest));
    }
    return length;
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
    Map<String, StreamedTensor> streamed = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> streamed.put(name, StreamedTensor.of(tensor)));
    writeStreamed(file, streamed, metadata);
  }

  /**
   * Writes a file in the same way, of tensors that come in parts.
   *
   * @throws CheckpointException if the file cannot be written, a name is reserved, or a tensor's
   *     parts are not as many elements as its shape
   */
  public static void writeStreamed(
      Path file, Map<String, StreamedTensor> tensors, Map<String, String> metadata) {
    if (tensors.containsKey(SafeTensorsHeader.METADATA)) {
      throw new CheckpointException(
          file + ": '" + SafeTensorsHeader.METADATA + "' is reserved and cannot name a tensor");
    }
    try {
      AtomicFiles.write(file, out -> SafeTensorsWriter.write(out, tensors, metadata));
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be written: " + AtomicFiles.reason(e), e);
    }
  }
}
