package dev.weft.nn.clip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.nn.NormPlacement;
import dev.weft.nn.TestFiles;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.Weights;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.image.Images;
import dev.weft.nn.text.ClipBpe;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClipModelTest {
  private static final Path TINY = TestFiles.resource("clip-tiny");

  @TempDir private Path temp;

  private static void assertGolden(String what, Tensor expected, Tensor actual) {
    assertGolden(what, expected, actual, 1e-5);
  }

  private static void assertGolden(String what, Tensor expected, Tensor actual, double tolerance) {
    assertEquals(expected.shape(), actual.shape(), what);
    double[] want = expected.toDoubles();
    double[] have = actual.toDoubles();
    double error = 0;
    double scale = 0;
    for (int i = 0; i < want.length; i++) {
      error = Math.max(error, Math.abs(want[i] - have[i]));
      scale = Math.max(scale, Math.abs(want[i]));
    }
    assertTrue(error < tolerance * scale, what + " differ by " + error + " of " + scale);
  }

  @Test
  void asTheOriginalComputes() throws IOException {
    Path folder = TestFiles.shared("clip-tiny");
    Map<String, Tensor> golden = SafeTensors.read(TINY.resolve("golden.safetensors"));
    byte[] json = Files.readAllBytes(folder.resolve("texts.json"));
    List<String> texts = List.of(new ObjectMapper().readValue(json, String[].class));
    try (ClipModel clip = ClipModel.load(folder)) {
      Tensor text = clip.encodeText(texts);
      Tensor image = clip.encodePixels(golden.get("pixel_values"));
      assertGolden("text embeddings", golden.get("text_embeds"), text);
      assertGolden("image embeddings", golden.get("image_embeds"), image);
      byte[] names = Files.readAllBytes(folder.resolve("images.json"));
      List<BufferedImage> pictures =
          Stream.of(new ObjectMapper().readValue(names, String[].class))
              .map(name -> Images.read(folder.resolve("images").resolve(name)))
              .toList();
      assertGolden("from pictures", golden.get("image_embeds"), clip.encodeImage(pictures), 1e-4);
      assertGolden("logits", golden.get("logits_per_image"), clip.logits(image, text));
    }
  }

  private static ClipConfig config(ClipBpe tokenizer) {
    TransformerConfig.Builder encoder =
        TransformerConfig.builder(1, 8)
            .heads(2)
            .activation(UnaryOp.QUICK_GELU)
            .norm(NormPlacement.PRE)
            .epsilon(1e-5);
    return new ClipConfig(
        new ClipConfig.Text(tokenizer.vocabularySize(), 77, tokenizer.endId(), encoder.build()),
        new ClipConfig.Vision(12, 4, 3, encoder.attentionDropout(0.1).build()),
        4);
  }

  private ClipModel made() {
    ClipBpe tokenizer = ClipBpe.load(TINY);
    Weights weights = Weights.random(DType.F32, new RandomSource(3));
    return ClipModel.create(weights, config(tokenizer), tokenizer);
  }

  @Test
  void savedAndLoadedIsTheSame() {
    try (ClipModel made = made()) {
      made.save(temp);
      try (ClipModel read = ClipModel.load(temp)) {
        assertEquals(made.config(), read.config());
        List<String> texts = List.of("a red shoe", "", "a red shoe");
        assertArrayEquals(made.encodeText(texts).toFloats(), read.encodeText(texts).toFloats());
        Tensor pixels = Tensor.full(DType.F32, shape(20), Device.CPU, 0.5);
        assertArrayEquals(
            made.encodePixels(pixels).toFloats(), read.encodePixels(pixels).toFloats());
      }
    }
  }

  private static Shape shape(int images) {
    return Shape.of(images, 3, 12, 12);
  }

  @Test
  void savedUnderTheHubsNames() throws IOException {
    Path folder = TestFiles.shared("clip-tiny");
    try (ClipModel clip = ClipModel.load(folder)) {
      clip.save(temp);
    }
    Map<String, Tensor> original = SafeTensors.read(folder.resolve(ModelFolder.WEIGHTS));
    Map<String, Tensor> saved = SafeTensors.read(temp.resolve(ModelFolder.WEIGHTS));
    original.keySet().removeIf(name -> name.endsWith("position_ids"));
    assertEquals(original.keySet(), saved.keySet());
    saved.forEach(
        (name, tensor) -> {
          assertEquals(original.get(name).shape(), tensor.shape(), name);
          assertArrayEquals(original.get(name).toFloats(), tensor.toFloats(), name);
        });
  }

  @Test
  void orderAndCompanyChangeNothing() {
    try (ClipModel clip = made()) {
      List<String> texts = new ArrayList<>(List.of("shoe", "a green shoe with laces", "", "tea"));
      float[] together = clip.encodeText(texts).toFloats();
      for (int i = 0; i < texts.size(); i++) {
        float[] alone = clip.encodeText(texts.subList(i, i + 1)).toFloats();
        for (int j = 0; j < 4; j++) {
          assertEquals(alone[j], together[i * 4 + j], 1e-6f);
        }
      }
      assertArrayEquals(new int[] {0, 4}, clip.encodeText(List.of()).shape().dims());
      assertArrayEquals(
          new int[] {0, 4},
          clip.encodePixels(Tensor.zeros(DType.F32, 0, 3, 12, 12)).shape().dims());
    }
  }

  @Test
  void closedModelSaysSo() {
    ClipModel clip = made();
    clip.close();
    assertThrows(IllegalStateException.class, () -> clip.encodeText(List.of("a")));
  }

  private String loadError() {
    return assertThrows(RuntimeException.class, () -> ClipModel.load(temp)).getMessage();
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "vocab.json", "merges.txt", ModelFolder.WEIGHTS})
  void missingFileIsNamed(String name) throws IOException {
    try (ClipModel clip = made()) {
      clip.save(temp);
    }
    Files.delete(temp.resolve(name));
    assertTrue(loadError().contains(name), loadError());
    assertEquals(1, loadError().lines().count());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"image_size\" : 12>\"image_size\" : 16>preprocessor_config.json makes pictures of 12 x"
            + " 12",
        "\"patch_size\" : 4>\"patch_size\" : 5>vision_config: image_size 12",
        "\"hidden_size\" : 8>\"hidden_size\" : 9>text_config: hidden_size 9",
        "\"num_channels\" : 3>\"num_channels\" : 1>patch_embedding.weight is [8, 3, 4, 4],"
            + " expected",
        "\"clip\">\"bert\">model_type is \"bert\"",
        "\"quick_gelu\">\"mish\">hidden_act is \"mish\"",
        "\"text_config\" : {>\"text_config\" : 1, \"was\" : {>text_config is 1",
        "\"eos_token_id\" : 751>\"eos_token_id\" : \"end\">eos_token_id is \"end\"",
        "\"vocab_size\" : 752>\"vocab_size\" : 751>vocab_size"
      })
  void faultyConfigurationNamesTheField(String change) throws IOException {
    String[] parts = change.split(">", -1);
    try (ClipModel clip = made()) {
      clip.save(temp);
    }
    Path file = temp.resolve("config.json");
    String config = Files.readString(file);
    assertTrue(config.contains(parts[0]), config);
    Files.writeString(file, config.replace(parts[0], parts[1]));
    String error = loadError();
    assertTrue(error.contains(parts[2]), error);
    assertTrue(error.contains(temp.toString()), error);
    assertEquals(1, error.lines().count(), error);
  }

  @Test
  void folderMayLeaveOutWhatIsUsual() throws IOException {
    Files.writeString(temp.resolve("config.json"), "{\"text_config\": {\"hidden_size\": 512}}");
    ClipConfig config = ClipConfig.read(temp);
    assertEquals(49407, config.text().endToken());
    assertEquals(49408, config.text().vocabularySize());
    assertEquals(2048, config.text().encoder().feedForwardSize());
    assertEquals(3072, config.vision().encoder().feedForwardSize());
    assertEquals(49, config.vision().patches());
    assertEquals(UnaryOp.QUICK_GELU, config.vision().encoder().activation());
  }
}
