package dev.weft.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file of a folder holds the weights. */
class ModelFolderTest {
  @TempDir private Path folder;

  private void write(String name) {
    SafeTensors.write(
        folder.resolve(name), Map.of("w", Tensor.zeros(DType.F32, 2)), Map.of("file", name));
  }

  private String opened() {
    try (Checkpoint checkpoint = ModelFolder.openWeights(folder)) {
      return Path.of(checkpoint.source()).getFileName().toString();
    }
  }

  private String error() {
    return assertThrows(CheckpointException.class, this::opened).getMessage();
  }

  @Test
  void safetensorsBeforePickles() throws IOException {
    Files.writeString(folder.resolve("pytorch_model.bin"), "not looked at");
    write("model.fp16.safetensors");
    write("model.safetensors");
    assertEquals("model.safetensors", opened());
  }

  @Test
  void variantsAlone() throws IOException {
    Files.writeString(folder.resolve("pytorch_model.fp16.bin"), "not looked at");
    write("model.fp16.safetensors");
    assertEquals("model.fp16.safetensors", opened());
    write("model.bf16.safetensors");
    assertTrue(error().contains("pytorch_model.fp16.bin"), error());
  }

  @Test
  void shardsOfAVariant() throws IOException {
    write("model.fp16-00001-of-00001.safetensors");
    Files.writeString(
        folder.resolve("model.safetensors.index.fp16.json"),
        "{\"weight_map\": {\"w\": \"model.fp16-00001-of-00001.safetensors\"}}");
    assertEquals("model.safetensors.index.fp16.json", opened());
  }

  @Test
  void severalThatCouldBeMeant() {
    write("model.fp16.safetensors");
    write("model.bf16.safetensors");
    assertTrue(error().contains("several files"), error());
    assertTrue(error().contains("model.bf16.safetensors, model.fp16.safetensors"), error());
  }

  /** 128 in the lowest byte of the header's length is what a pickle begins with. */
  @Test
  void headersWhoseLengthLooksLikeAPickle() throws IOException {
    for (int padding = 0; padding < 2000; padding += 8) {
      Path file = folder.resolve("model.safetensors");
      SafeTensors.write(
          file, Map.of("w", Tensor.zeros(DType.F32, 2)), Map.of("padding", "x".repeat(padding)));
      if (Files.readAllBytes(file)[0] == (byte) 0x80) {
        assertEquals("model.safetensors", opened());
        return;
      }
    }
    throw new AssertionError("no such header");
  }
}
