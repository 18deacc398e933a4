package dev.weft.nn.image;

import static dev.weft.nn.TestFiles.resource;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Small pictures of every kind beside what Pillow reads from them: see images/make_goldens.py. */
class PillowGoldensTest {
  private static final Path FOLDER = resource("images");
  private static final Map<String, Tensor> GOLDENS =
      SafeTensors.read(FOLDER.resolve("golden.safetensors"));

  @TestFactory
  Stream<DynamicTest> picturesAreWhatPillowReads() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> pictures = files.filter(PillowGoldensTest::isPicture).sorted().toList();
      assertTrue(pictures.size() > 90, pictures::toString);
      return pictures.stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString();
    return !name.endsWith(".py") && !name.endsWith(".safetensors");
  }

  private static void check(Path file) {
    String name = file.getFileName().toString();
    Tensor expected = GOLDENS.get(name + ".rgb");
    if (expected == null) {
      // Cut short, or the picture behind the resizes below.
      if (!name.equals("resize.png")) {
        assertThrows(ImageException.class, () -> Images.read(file));
      }
      return;
    }
    Pixels pixels = Pixels.of(Images.read(file));
    assertEquals(expected.dim(1), pixels.width());
    assertEquals(expected.dim(0), pixels.height());
    assertSamples(name, expected, pixels.toRgb());
    Tensor resized = GOLDENS.get(name + ".resized");
    assertSamples(name, resized, resize(pixels, resized, PillowFilter.BICUBIC).toRgb());
  }

  private static void assertSamples(String name, Tensor expected, Pixels actual) {
    assertArrayEquals(expected.toInts(), ints(actual.samples()), name);
  }

  @TestFactory
  Stream<DynamicTest> resizesAreWhatPillowMakes() {
    Pixels image = Pixels.of(Images.read(FOLDER.resolve("resize.png")));
    List<String> names =
        GOLDENS.keySet().stream().filter(name -> name.startsWith("resize/")).toList();
    assertEquals(36, names.size());
    return names.stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      Tensor expected = GOLDENS.get(name);
                      PillowFilter filter =
                          PillowFilter.valueOf(List.of(name.split("/", 3)).get(1));
                      assertArrayEquals(
                          expected.toInts(), ints(resize(image, expected, filter).samples()));
                    }));
  }

  private static Pixels resize(Pixels image, Tensor like, PillowFilter filter) {
    int width = like.dim(1);
    int height = like.dim(0);
    return PillowResize.resize(image, width, height, new Region(0, 0, width, height), filter);
  }

  private static int[] ints(byte[] samples) {
    int[] values = new int[samples.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = samples[i] & 255;
    }
    return values;
  }
}
