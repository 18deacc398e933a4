package dev.weft.nn.image;

import static dev.weft.nn.TestFiles.resource;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipPreprocessorTest {
  /** One step of 8 bits on the normalised scale of the channel with the least deviation. */
  private static final double STEP = 1 / 255.0 / 0.26130258;

  @TempDir Path folder;

  /** Of PNG files not a bit may differ; of the JPEG, what two decoders may differ by. */
  @Test
  void equalsTheOriginalOnTheTinyModelsPictures() throws IOException {
    String[] names =
        new ObjectMapper().readValue(resource("clip-tiny/images.json").toFile(), String[].class);
    List<BufferedImage> images = new ArrayList<>();
    for (String name : names) {
      images.add(Images.read(resource("clip-tiny/images/" + name)));
    }
    Tensor expected =
        SafeTensors.read(resource("clip-tiny/golden.safetensors")).get("pixel_values");
    Tensor actual = ClipPreprocessor.load(resource("clip-tiny")).preprocess(images);

    assertEquals(expected.shape(), actual.shape());
    for (int i = 0; i < names.length; i++) {
      float[] reference = expected.select(0, i).toFloats();
      float[] values = actual.select(0, i).toFloats();
      if (names[i].endsWith(".jpg")) {
        assertClose(reference, values);
      } else {
        assertArrayEquals(reference, values, names[i]);
      }
    }
  }

  private static void assertClose(float[] expected, float[] actual) {
    double worst = 0;
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs(expected[i] - actual[i]);
      worst = Math.max(worst, difference);
      sum += difference;
    }
    assertTrue(worst <= 2 * STEP, "worst " + worst / STEP + " steps");
    assertTrue(sum / expected.length <= 1e-3, "mean " + sum / expected.length);
  }

  @Test
  void sizesInEveryNotation() throws IOException {
    for (String size : List.of("6", "{\"shortest_edge\": 6}")) {
      for (String crop : List.of("6", "{\"height\": 6, \"width\": 6}")) {
        ClipPreprocessor preprocessor =
            config("{\"size\": %s, \"crop_size\": %s}".formatted(size, crop));
        assertEquals(Shape.of(3, 6, 6), preprocessor.preprocess(gradient(20, 10)).shape());
      }
    }
    ClipPreprocessor exact =
        config("{\"size\": {\"height\": 4, \"width\": 9}, \"do_center_crop\": false}");
    assertEquals(Shape.of(3, 4, 9), exact.preprocess(gradient(20, 10)).shape());
    ClipPreprocessor uneven = config("{\"size\": 8, \"crop_size\": {\"height\": 8, \"width\": 5}}");
    assertEquals(Shape.of(2, 3, 8, 5), uneven.preprocess(gradients()).shape());
  }

  private static List<BufferedImage> gradients() {
    return List.of(gradient(20, 10), gradient(3, 40));
  }

  @Test
  void theMiddleIsCutAndBlackIsAdded() throws IOException {
    ClipPreprocessor smaller =
        config("{\"do_resize\": false, \"crop_size\": 4, \"do_normalize\": false}");
    // Columns 3 to 6 of ten: red tells the column, green the row.
    Tensor cut = smaller.preprocess(gradient(10, 4));
    assertArrayEquals(
        new float[] {3 / 255f, 4 / 255f, 5 / 255f, 6 / 255f},
        cut.select(0, 0).select(0, 0).toFloats());
    // Three of four: one black column, after the picture.
    Tensor padded = smaller.preprocess(gradient(3, 4));
    assertArrayEquals(
        new float[] {0, 1 / 255f, 2 / 255f, 0}, padded.select(0, 0).select(0, 1).toFloats());
    // 1.5 columns are left over at each side: two at the left, as Python rounds.
    Tensor half = smaller.preprocess(gradient(7, 4));
    assertEquals(2 / 255f, (float) half.select(0, 0).select(0, 0).select(0, 0).item());
  }

  @Test
  void samplesAreRescaledAndNormalised() throws IOException {
    BufferedImage pixel = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    pixel.setRGB(0, 0, 0x00FF3300);
    String one = "{\"size\": 1, \"crop_size\": 1, %s}";
    Tensor normal =
        config(one.formatted("\"image_mean\": [0.5, 0, 1], \"image_std\": [0.5, 2, 1]"))
            .preprocess(pixel);
    assertArrayEquals(new double[] {1, 0.1, -1}, normal.toDoubles(), 1e-7);
    Tensor raw =
        config(one.formatted("\"do_rescale\": false, \"do_normalize\": false")).preprocess(pixel);
    assertArrayEquals(new float[] {255, 51, 0}, raw.toFloats());
    Tensor doubled =
        config(one.formatted("\"rescale_factor\": 2, \"do_normalize\": false")).preprocess(pixel);
    assertArrayEquals(new float[] {510, 102, 0}, doubled.toFloats());
    Tensor off =
        config(one.formatted("\"do_normalize\": false, \"image_mean\": [1, 1, 1]"))
            .preprocess(pixel);
    assertArrayEquals(new float[] {1, 0.2f, 0}, off.toFloats());
  }

  /** What a file leaves out is as in Hugging Face's library. */
  @Test
  void whatIsLeftOut() throws IOException {
    ClipPreprocessor bare = config("{\"size\": null}");
    assertArrayEquals(
        ClipPreprocessor.ofSize(224).preprocess(gradient(30, 20)).toFloats(),
        bare.preprocess(gradient(30, 20)).toFloats());
    ClipPreprocessor listed = config("{\"size\": [4, 9], \"do_center_crop\": false}");
    assertEquals(Shape.of(3, 4, 9), listed.preprocess(gradient(20, 10)).shape());
  }

  /** Its crop rounds down, its black before the picture up; OpenAI's code as tested above. */
  @Test
  void croppedAsHuggingFaceDoes() throws IOException {
    ClipPreprocessor crop =
        config(
            "{\"do_resize\": false, \"crop_size\": 4, \"do_normalize\": false,"
                + " \"do_convert_rgb\": true}");
    assertArrayEquals(
        new float[] {1 / 255f, 2 / 255f, 3 / 255f, 4 / 255f},
        crop.preprocess(gradient(7, 4)).select(0, 0).select(0, 0).toFloats(),
        1e-7f);
    assertArrayEquals(
        new float[] {0, 0, 1 / 255f, 2 / 255f},
        crop.preprocess(gradient(3, 4)).select(0, 0).select(0, 1).toFloats(),
        1e-7f);
    assertArrayEquals(
        new float[] {0, 0, 0, 0},
        crop.preprocess(gradient(1, 4)).select(0, 0).select(0, 1).toFloats());
    assertArrayEquals(
        new float[] {0, 0, 1 / 255f, 0},
        crop.preprocess(gradient(4, 1)).select(0, 0).select(1, 1).toFloats(),
        1e-7f);
  }

  /** A palette of two colours: interpolated only where RGB is made first. */
  @Test
  void whenRgbIsMade() throws IOException {
    BufferedImage image = new BufferedImage(9, 9, BufferedImage.TYPE_BYTE_BINARY);
    image.setRGB(4, 4, 0xFFFFFFFF);
    String json = "{\"size\": 3, \"crop_size\": 3, \"do_normalize\": false%s}";
    float[] stored = config(json.formatted("")).preprocess(image).toFloats();
    assertEquals(1, stored[4]);
    float[] mixed =
        config(json.formatted(", \"do_convert_rgb\": true")).preprocess(image).toFloats();
    assertTrue(mixed[4] > 0 && mixed[4] < 1, "centre " + mixed[4]);
    config(json.formatted(", \"do_convert_rgb\": true, \"resample\": 5")).save(folder);
    ClipPreprocessor again = ClipPreprocessor.load(folder);
    float[] hamming = again.preprocess(image).toFloats();
    assertTrue(hamming[4] > 0 && hamming[4] != mixed[4], "centre " + hamming[4]);
  }

  /** Resized, it would have 224 x 22 million pixels; only the middle may be computed. */
  @Test
  void extremeProportions() {
    ClipPreprocessor preprocessor = ClipPreprocessor.ofSize(224);
    assertEquals(Shape.of(3, 224, 224), preprocessor.preprocess(gradient(1, 100_000)).shape());
    assertEquals(Shape.of(3, 224, 224), preprocessor.preprocess(gradient(100_000, 1)).shape());
  }

  @Test
  void savedFoldersPreprocessAsTheSaved() throws IOException {
    ClipPreprocessor tiny = ClipPreprocessor.load(resource("clip-tiny"));
    ClipPreprocessor made = ClipPreprocessor.ofSize(32);
    made.save(folder);
    float[] expected = tiny.preprocess(gradient(50, 60)).toFloats();
    assertArrayEquals(expected, made.preprocess(gradient(50, 60)).toFloats());
    assertArrayEquals(
        expected, ClipPreprocessor.load(folder).preprocess(gradient(50, 60)).toFloats());
    ClipPreprocessor exact =
        config("{\"size\": {\"height\": 4, \"width\": 9}, \"do_center_crop\": false}");
    exact.save(folder);
    assertEquals(9, ClipPreprocessor.load(folder).width());
  }

  @Test
  void brokenConfigurationsAreNamed() throws IOException {
    refused("no such file");
    for (String[] pair :
        new String[][] {
          {"", "is not a JSON object"},
          {"[", "cannot be read"},
          {"3", "is not a JSON object"},
          {"{\"size\": null, \"crop_size\": \"big\"}", "crop_size must be a number"},
          {"{\"size\": -1, \"crop_size\": 3}", "size must be a number"},
          {"{\"size\": 1000000, \"crop_size\": 3}", "size must be a number"},
          {"{\"size\": \"big\", \"crop_size\": 3}", "size must be a number"},
          {"{\"size\": {\"longest_edge\": 3}, \"crop_size\": 3}", "for shortest_edge"},
          {"{\"size\": 3, \"crop_size\": {\"height\": 3}}", "crop_size must be"},
          {"{\"size\": 3, \"crop_size\": 3, \"resample\": 6}", "resample is 6"},
          {"{\"size\": 3, \"crop_size\": 3, \"do_resize\": \"no\"}", "do_resize must be"},
          {"{\"size\": 3, \"crop_size\": 3, \"image_mean\": [1]}", "image_mean must be"},
          {"{\"size\": 3, \"crop_size\": 3, \"image_std\": [1, 0, 1]}", "image_std holds 0"},
          {"{\"size\": 3, \"crop_size\": 3, \"image_mean\": [1, \"x\", 1]}", "image_mean holds"},
        }) {
      Files.writeString(folder.resolve("preprocessor_config.json"), pair[0]);
      refused(pair[1]);
    }
  }

  /** Then pictures must have the right proportions, and one that has not is named. */
  @Test
  void nothingIsCut() throws IOException {
    ClipPreprocessor resized = config("{\"size\": 3, \"do_center_crop\": false}");
    assertEquals(3, resized.width());
    assertEquals(27, resized.preprocess(gradient(8, 8)).numel());
    String error =
        assertThrows(ImageException.class, () -> resized.preprocess(gradient(8, 4))).getMessage();
    assertTrue(error.startsWith("picture 0: 8 x 4 pixels become 6 x 3, not 3 x 3"), error);
    ClipPreprocessor asItIs =
        config(
            "{\"size\": {\"shortest_edge\": 5}, \"do_resize\": false, \"do_center_crop\": false}");
    assertEquals(75, asItIs.preprocess(gradient(5, 5)).numel());
    assertThrows(ImageException.class, () -> asItIs.preprocess(gradient(6, 6)));
    asItIs.save(folder);
    assertEquals(5, ClipPreprocessor.load(folder).height());
  }

  /** As transformers writes folders from its version 5 on; it counts before the older file. */
  @Test
  void nestedInTheProcessorsConfiguration() throws IOException {
    config("{\"size\": 3, \"crop_size\": 3}");
    Path file = folder.resolve("processor_config.json");
    Files.writeString(file, "{\"processor_class\": \"CLIPProcessor\"}");
    assertEquals(3, ClipPreprocessor.load(folder).width());
    Files.writeString(
        file, "{\"image_processor\": {\"size\": {\"shortest_edge\": 7}, \"crop_size\": 6}}");
    assertEquals(6, ClipPreprocessor.load(folder).width());
    Files.writeString(file, "{\"image_processor\": {\"resample\": 9}}");
    refused("processor_config.json: image_processor: resample is 9");
  }

  private void refused(String reason) {
    ImageException e = assertThrows(ImageException.class, () -> ClipPreprocessor.load(folder));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertTrue(e.getMessage().startsWith(folder.toString()), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  private ClipPreprocessor config(String json) throws IOException {
    Files.writeString(folder.resolve("preprocessor_config.json"), json);
    return ClipPreprocessor.load(folder);
  }

  /** Red tells the column, green the row. */
  private static BufferedImage gradient(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, (x & 255) << 16 | (y & 255) << 8);
      }
    }
    return image;
  }
}
