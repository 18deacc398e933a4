package dev.weft.bench.device;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.weft.cuda.CudaBackend;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A part of the results: a JSON file, which the report brings together with the others. */
final class Part {
  static final Device CUDA = Device.cuda(0);

  /** System property: sizes for the PTX machine. */
  private static final boolean IS_TOY = Boolean.getBoolean("weft.bench.toy");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Part() {}

  static boolean isToy() {
    return IS_TOY;
  }

  static CudaBackend backend() {
    return (CudaBackend) Backends.of(CUDA);
  }

  static void write(String file, Object part) {
    Path path = Path.of(file);
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      JSON.writeValue(path.toFile(), part);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written", e);
    }
  }

  /** A part; null where there is none. */
  static JsonNode read(Path file) {
    try {
      return Files.exists(file) ? JSON.readTree(file.toFile()) : null;
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": is no JSON", e);
    }
  }
}
