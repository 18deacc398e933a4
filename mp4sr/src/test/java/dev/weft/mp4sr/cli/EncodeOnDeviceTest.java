package dev.weft.mp4sr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.cuda.CudaBackend;
import dev.weft.cuda.CudaProbe;
import dev.weft.cuda.CudaProvider;
import dev.weft.cuda.Traffic;
import dev.weft.nn.Placement;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Device;
import dev.weft.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mp4sr encode --device cuda}, which is the PTX machine here, beside the processor. */
@Tag("machine")
class EncodeOnDeviceTest {
  /**
   * Of one batch: at least its ids or pixels go up and its results come down; weights go up once.
   */
  private static final int MOST_DOWNLOADS = 3;

  @TempDir private Path temp;

  @BeforeEach
  void needsADevice() {
    boolean isThere = System.getProperty(CudaProvider.PROPERTY) != null;
    assumeTrue(
        isThere || !CudaProbe.run().devices().isEmpty(),
        "no CUDA device here; -Dweft.cuda=machine takes the PTX machine");
  }

  @AfterEach
  void backToTheProcessor() {
    Placement.set(Device.CPU);
  }

  private Map<String, Tensor> encode(String device, String... arguments) {
    Path output = temp.resolve(device + ".safetensors");
    List<String> all = new ArrayList<>(List.of("encode"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--device", device, "--output", output.toString()));
    CliRunner run = CliRunner.run(all.toArray(String[]::new));
    assertEquals(0, run.code(), run.err());
    return SafeTensors.read(output);
  }

  private void check(String... arguments) {
    Map<String, Tensor> expected = encode("cpu", arguments);
    CudaBackend backend = (CudaBackend) Backends.of(Device.cuda(0));
    Traffic before = backend.traffic();
    Map<String, Tensor> actual = encode("cuda", arguments);
    Traffic traffic = backend.traffic().since(before);
    assertTrue(traffic.launches() > 0, "computed there");
    assertTrue(traffic.downloads() <= MOST_DOWNLOADS, traffic.toString());
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, tensor) -> assertClose(name, tensor, actual.get(name)));
  }

  private static void assertClose(String name, Tensor expected, Tensor actual) {
    assertEquals(expected.shape(), actual.shape(), name);
    assertEquals(expected.dtype(), actual.dtype(), name);
    double[] want = expected.toDoubles();
    double[] have = actual.toDoubles();
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], have[i], 1e-4, name + " at " + i);
    }
  }

  private String texts() throws IOException {
    Path file = temp.resolve("texts.jsonl");
    Files.writeString(file, "\"red kettle\"\n\"a blue bowl and a lamp\"\n\"red lamp\"\n");
    return file.toString();
  }

  @Test
  void bert() throws IOException {
    String model = TinyModels.bert(temp.resolve("bert")).toString();
    check("text", "--model", model, "--input", texts());
  }

  @Test
  void clip() throws IOException {
    String model = TinyModels.clip(temp.resolve("clip")).toString();
    check("text", "--model", model, "--input", texts());
    BufferedImage picture = new BufferedImage(20, 30, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(5);
    for (int i = 0; i < 600; i++) {
      picture.setRGB(i % 20, i / 20, random.nextInt());
    }
    Path file = temp.resolve("picture.png");
    ImageIO.write(picture, "png", file.toFile());
    check("image", "--model", model, file.toString());
  }
}
