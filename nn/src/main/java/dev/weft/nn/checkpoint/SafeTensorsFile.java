package dev.weft.nn.checkpoint;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.HeapStorage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** A memory-mapped safetensors file. Threads may load from it at the same time. */
final class SafeTensorsFile implements Checkpoint {
  private static final ValueLayout.OfLong HEADER_LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

  /** Where mapped elements of each width lie: anywhere, little-endian. */
  private static final ValueLayout.OfShort SHORTS =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private static final ValueLayout.OfInt INTS =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private static final ValueLayout.OfLong LONGS = HEADER_LENGTH;

  private static final ValueLayout.OfFloat FLOATS =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private static final ValueLayout.OfDouble DOUBLES =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private final Path file;
  private final Arena arena;
  private final MemorySegment data;
  private final SafeTensorsHeader header;

  private SafeTensorsFile(Path file, Arena arena, MemorySegment data, SafeTensorsHeader header) {
    this.file = file;
    this.arena = arena;
    this.data = data;
    this.header = header;
  }

  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  static SafeTensorsFile open(Path file) {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment mapped = map(file, arena);
      long headerLength = headerLength(file, mapped);
      long dataStart = Long.BYTES + headerLength;
      long dataLength = mapped.byteSize() - dataStart;
      SafeTensorsHeader header =
          SafeTensorsHeader.parse(
              file.toString(), mapped.asSlice(Long.BYTES, headerLength), dataLength);
      return new SafeTensorsFile(file, arena, mapped.asSlice(dataStart), header);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  private static MemorySegment map(Path file, Arena arena) {
    if (Files.isDirectory(file)) {
      throw new CheckpointException(file + ": is a folder; name the .safetensors file inside it");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (NoSuchFileException e) {
      throw new CheckpointException(file + ": no such file", e);
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be read: " + e, e);
    }
  }

  private static long headerLength(Path file, MemorySegment mapped) {
    if (mapped.byteSize() < Long.BYTES) {
      throw new CheckpointException(
          file + ": not a safetensors file: only " + mapped.byteSize() + " bytes");
    }
    long length = mapped.get(HEADER_LENGTH, 0);
    if (length < 0 || length > SafeTensorsHeader.MAX_LENGTH) {
      throw new CheckpointException(
          file
              + ": not a safetensors file: a header of "
              + Long.toUnsignedString(length)
              + " bytes (at most "
              + SafeTensorsHeader.MAX_LENGTH
              + ")");
    }
    if (length > mapped.byteSize() - Long.BYTES) {
      throw new CheckpointException(
          file
              + ": truncated: the header takes "
              + length
              + " bytes, the file has "
              + (mapped.byteSize() - Long.BYTES)
              + " after its first eight");
    }
    return length;
  }

  @Override
  public Map<String, String> metadata() {
    return header.metadata();
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return header.tensors();
  }

  @Override
  public Tensor load(String name) {
    TensorInfo info = header.tensors().get(name);
    if (info == null) {
      throw new CheckpointException(file + ": no tensor '" + name + "'");
    }
    if (!arena.scope().isAlive()) {
      throw new CheckpointException(file + ": closed before '" + name + "' was loaded");
    }
    MemorySegment elements = data.asSlice(header.begin(name), info.byteSize());
    try {
      Object array = toArray(info.dtype(), elements);
      return Tensor.over(HeapStorage.of(info.dtype(), array), info.shape(), 0);
    } catch (InternalError e) {
      // What the JVM makes of a page fault behind the end of a file that has shrunk.
      throw new CheckpointException(file + ": was cut short while it was open", e);
    }
  }

  private static Object toArray(DType dtype, MemorySegment elements) {
    return switch (dtype) {
      case F64 -> elements.toArray(DOUBLES);
      case F32 -> elements.toArray(FLOATS);
      case F16, BF16 -> elements.toArray(SHORTS);
      case I64 -> elements.toArray(LONGS);
      case I32 -> elements.toArray(INTS);
      case U8 -> elements.toArray(ValueLayout.JAVA_BYTE);
      case BOOL -> booleans(elements.toArray(ValueLayout.JAVA_BYTE));
    };
  }

  /** Kernels rely on 0 and 1; a file may hold any byte. */
  private static byte[] booleans(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (bytes[i] != 0 ? 1 : 0);
    }
    return bytes;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
