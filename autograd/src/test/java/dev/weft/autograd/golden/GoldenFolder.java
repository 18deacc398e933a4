package dev.weft.autograd.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A manifest and the tensors that it names, as another implementation computed them. Reads just so
 * much of the safetensors format as these files use.
 */
final class GoldenFolder {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode manifest;
  private final JsonNode header;
  private final ByteBuffer data;

  GoldenFolder(Path folder) throws IOException {
    manifest = JSON.readTree(folder.resolve("manifest.json").toFile());
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("ops.safetensors")));
    int length = Math.toIntExact(file.order(ByteOrder.LITTLE_ENDIAN).getLong());
    byte[] json = new byte[length];
    file.get(json);
    header = JSON.readTree(new String(json, StandardCharsets.UTF_8));
    data = file.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  JsonNode manifest() {
    return manifest;
  }

  Tensor tensor(String name) {
    JsonNode entry = header.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("no tensor " + name + " in ops.safetensors");
    }
    DType dtype = DType.valueOf(entry.get("dtype").asText());
    int[] dims = JSON.convertValue(entry.get("shape"), int[].class);
    int from = entry.get("data_offsets").get(0).asInt();
    int to = entry.get("data_offsets").get(1).asInt();
    return read(data.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN), dtype, dims);
  }

  private static Tensor read(ByteBuffer bytes, DType dtype, int[] dims) {
    int count = bytes.remaining() / dtype.byteSize();
    Tensor flat =
        switch (dtype) {
          case F64 -> {
            double[] values = new double[count];
            bytes.asDoubleBuffer().get(values);
            yield Tensor.of(values);
          }
          case F32 -> {
            float[] values = new float[count];
            bytes.asFloatBuffer().get(values);
            yield Tensor.of(values);
          }
          case I64 -> {
            long[] values = new long[count];
            bytes.asLongBuffer().get(values);
            yield Tensor.of(values);
          }
          case I32 -> {
            int[] values = new int[count];
            bytes.asIntBuffer().get(values);
            yield Tensor.of(values);
          }
          case BOOL -> {
            boolean[] values = new boolean[count];
            for (int i = 0; i < count; i++) {
              values[i] = bytes.get(i) != 0;
            }
            yield Tensor.of(values);
          }
          default -> throw new IllegalArgumentException("dtype " + dtype + " in a golden file");
        };
    return flat.reshape(dims);
  }
}
