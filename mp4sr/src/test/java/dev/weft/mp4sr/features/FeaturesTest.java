package dev.weft.mp4sr.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.data.DataException;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeaturesTest {
  @TempDir Path temp;

  private static Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new HashMap<>();
    tensors.put("text", Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2));
    tensors.put("text_mask", Tensor.of(new boolean[] {true, false, true, true}, 2, 2));
    tensors.put("image", Tensor.of(new float[] {1, 2, 3, 4}, 2, 1, 2));
    tensors.put("image_mask", Tensor.of(new boolean[] {false, true}, 2, 1));
    return tensors;
  }

  private static Features of(Map<String, Tensor> tensors) {
    return new Features(
        tensors.get("text"),
        tensors.get("text_mask"),
        tensors.get("image"),
        tensors.get("image_mask"));
  }

  @Test
  void readsWhatItWrote() {
    Path file = temp.resolve("features.safetensors");
    of(tensors()).write(file, Map.of("dataset", "d"));
    Features read = Features.read(file);
    assertEquals(2, read.items());
    assertEquals(2, read.width());
    assertArrayEquals(tensors().get("text").toFloats(), read.text().toFloats());
    assertArrayEquals(tensors().get("text_mask").toLongs(), read.textMask().toLongs());
    assertArrayEquals(tensors().get("image").toFloats(), read.image().toFloats());
    assertArrayEquals(tensors().get("image_mask").toLongs(), read.imageMask().toLongs());
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertRefused("text", Tensor.of(new double[8], 2, 2, 2), "text is F64");
    assertRefused("text", Tensor.of(new float[8], 4, 2), "text is F32");
    assertRefused("text_mask", Tensor.of(new boolean[2], 2, 1), "text_mask");
    assertRefused("text_mask", Tensor.of(new int[4], 2, 2), "text_mask is I32");
    assertRefused("image", Tensor.of(new float[6], 2, 1, 3), "differ in items or width");
    assertRefused("image_mask", Tensor.of(new boolean[3], 3, 1), "image_mask");
  }

  private void assertRefused(String name, Tensor tensor, String expected) {
    Map<String, Tensor> tensors = tensors();
    tensors.put(name, tensor);
    DataException error = assertThrows(DataException.class, () -> of(tensors));
    assertTrue(error.getMessage().contains(expected), error.getMessage());
    Path file = temp.resolve("refused.safetensors");
    SafeTensors.write(file, tensors, Map.of());
    DataException stored = assertThrows(DataException.class, () -> Features.read(file));
    assertTrue(stored.getMessage().startsWith(file.toString()), stored.getMessage());
  }

  @Test
  void namesWhatIsMissing() throws IOException {
    Path file = temp.resolve("x.safetensors");
    DataException gone = assertThrows(DataException.class, () -> Features.read(file));
    assertTrue(gone.getMessage().contains("no such file"), gone.getMessage());
    Map<String, Tensor> tensors = tensors();
    tensors.remove("image_mask");
    SafeTensors.write(file, tensors, Map.of());
    DataException partly = assertThrows(DataException.class, () -> Features.read(file));
    assertTrue(partly.getMessage().contains("no tensor image_mask"), partly.getMessage());
    Files.writeString(file, "no tensors at all");
    assertThrows(CheckpointException.class, () -> Features.read(file));
  }
}
