package dev.weft.mp4sr.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightTransferTest {
  @TempDir private Path folder;

  private static float[] values(Bilinear task, String name) {
    return task.parameters().get(name).value().toFloats();
  }

  @Test
  void sharedNamesAreTakenAndNewOnesStay() {
    Bilinear pretrained = new Bilinear(5, 1, "encoder", "projection");
    Bilinear tuned = new Bilinear(5, 2, "encoder", "items");
    float[] items = values(tuned, "items");
    WeightTransfer transfer = WeightTransfer.copy(pretrained.parameters(), tuned.parameters());
    assertEquals(
        new WeightTransfer(List.of("encoder"), List.of("items"), List.of("projection")), transfer);
    assertArrayEquals(values(pretrained, "encoder"), values(tuned, "encoder"));
    assertArrayEquals(items, values(tuned, "items"));
  }

  @Test
  void comesFromAFileToo() {
    Bilinear pretrained = new Bilinear(5, 1);
    Path file = folder.resolve("model.safetensors");
    SafeTensors.write(file, Parameters.values(pretrained.parameters()), Map.of());
    Bilinear tuned = new Bilinear(5, 2);
    assertEquals(List.of("from", "to"), WeightTransfer.load(file, tuned.parameters()).taken());
    assertArrayEquals(pretrained.bits(), tuned.bits());
  }

  @Test
  void whatDoesNotFitIsNamedAndChangesNothing() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Bilinear tuned = new Bilinear(5, 2);
    int[] bits = tuned.bits();
    SafeTensors.write(
        file,
        Map.of("from", Tensor.of(new float[48], 6, 8), "to", Tensor.of(new float[1])),
        Map.of());
    assertFails(file, tuned, "to is [1]; the model's is [6, 8]");
    SafeTensors.write(file, Map.of("other", Tensor.of(new float[1])), Map.of());
    assertFails(file, tuned, "has none of the model's parameters");
    Files.write(file, new byte[5]);
    assertFails(file, tuned, file.toString());
    assertFails(folder.resolve("none"), tuned, "none");
    assertArrayEquals(bits, tuned.bits());
  }

  private static void assertFails(Path file, Bilinear task, String expected) {
    TrainException error =
        assertThrows(TrainException.class, () -> WeightTransfer.load(file, task.parameters()));
    assertTrue(error.getMessage().contains(expected), error.getMessage());
  }
}
