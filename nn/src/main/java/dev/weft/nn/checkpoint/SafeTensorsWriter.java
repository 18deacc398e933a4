package dev.weft.nn.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.HeapStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lays tensors out as a safetensors file. */
final class SafeTensorsWriter {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int ALIGNMENT = 8;

  private SafeTensorsWriter() {}

  static void write(
      FileChannel out, Map<String, StreamedTensor> tensors, Map<String, String> metadata)
      throws IOException {
    List<Map.Entry<String, StreamedTensor>> ordered = ordered(tensors);
    byte[] header = header(ordered, metadata);
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(header.length);
    AtomicFiles.writeFully(out, buffer.flip());
    AtomicFiles.writeFully(out, ByteBuffer.wrap(header));
    for (var entry : ordered) {
      writeParts(out, entry.getKey(), entry.getValue(), buffer);
    }
  }

  /** Widest elements first, so that each tensor is aligned to its elements; then by name. */
  private static List<Map.Entry<String, StreamedTensor>> ordered(
      Map<String, StreamedTensor> tensors) {
    List<Map.Entry<String, StreamedTensor>> ordered = new ArrayList<>(tensors.entrySet());
    ordered.sort(
        Comparator.comparingInt(
                (Map.Entry<String, StreamedTensor> entry) -> -entry.getValue().dtype().byteSize())
            .thenComparing(Map.Entry::getKey));
    return ordered;
  }

  private static byte[] header(
      List<Map.Entry<String, StreamedTensor>> tensors, Map<String, String> metadata)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(SafeTensorsHeader.METADATA);
        for (var entry : new TreeMap<>(metadata).entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long offset = 0;
      for (var entry : tensors) {
        offset = writeEntry(json, entry.getKey(), entry.getValue(), offset);
      }
      json.writeEndObject();
    }
    int padding = Math.floorMod(-bytes.size(), ALIGNMENT);
    bytes.writeBytes(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
    if (bytes.size() > SafeTensors.MAX_HEADER) {
      throw new CheckpointException(
          "a header of " + bytes.size() + " bytes: store fewer tensors or less metadata in a file");
    }
    return bytes.toByteArray();
  }

  private static long writeEntry(JsonGenerator json, String name, StreamedTensor tensor, long begin)
      throws IOException {
    long end = begin + (long) tensor.shape().numel() * tensor.dtype().byteSize();
    json.writeObjectFieldStart(name);
    json.writeStringField("dtype", tensor.dtype().name());
    json.writeFieldName("shape");
    int[] dims = tensor.shape().dims();
    json.writeArray(dims, 0, dims.length);
    json.writeFieldName("data_offsets");
    json.writeArray(new long[] {begin, end}, 0, 2);
    json.writeEndObject();
    return end;
  }

  private static void writeParts(
      FileChannel out, String name, StreamedTensor tensor, ByteBuffer buffer) throws IOException {
    long written = 0;
    for (Tensor part : tensor.parts()) {
      if (part.dtype() != tensor.dtype()) {
        throw new CheckpointException(name + ": a part is " + part + ", not " + tensor.dtype());
      }
      written += part.numel();
      writeElements(out, part, buffer);
    }
    if (written != tensor.shape().numel()) {
      throw new CheckpointException(
          name + ": " + written + " elements were written for " + tensor.shape());
    }
  }

  private static void writeElements(FileChannel out, Tensor tensor, ByteBuffer buffer)
      throws IOException {
    Tensor rows = tensor.isContiguous() ? tensor : Ops.contiguous(tensor);
    boolean onHeap = rows.storage() instanceof HeapStorage;
    HeapStorage source =
        onHeap ? (HeapStorage) rows.storage() : Backends.of(rows.device()).download(rows);
    int start = onHeap ? rows.offset() : 0;
    int perChunk = CHUNK_BYTES / rows.dtype().byteSize();
    for (int done = 0; done < rows.numel(); ) {
      int count = Math.min(perChunk, rows.numel() - done);
      buffer.clear();
      put(source, start + done, count, buffer);
      AtomicFiles.writeFully(out, buffer.limit(count * rows.dtype().byteSize()));
      done += count;
    }
  }

  /** Fills the buffer from its beginning and leaves its position there. */
  private static void put(HeapStorage source, int from, int count, ByteBuffer buffer) {
    switch (source.dtype()) {
      case F64 -> buffer.asDoubleBuffer().put(source.doubles(), from, count);
      case F32 -> buffer.asFloatBuffer().put(source.floats(), from, count);
      case F16, BF16 -> buffer.asShortBuffer().put(source.shorts(), from, count);
      case I64 -> buffer.asLongBuffer().put(source.longs(), from, count);
      case I32 -> buffer.asIntBuffer().put(source.ints(), from, count);
      case U8, BOOL -> buffer.put(0, source.bytes(), from, count);
    }
  }
}
