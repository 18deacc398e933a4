package dev.weft.nn.clip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.nn.NormPlacement;
import dev.weft.nn.TestFiles;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.Weights;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.checkpoint.WeightUse;
import dev.weft.nn.text.ClipBpe;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One model in all the folders it may come in; each must give what the first gives. */
class ClipFoldersTest {
  private static final List<String> TEXTS = List.of("a red shoe", "");
  private static final ClipBpe TOKENIZER = ClipBpe.load(TestFiles.resource("clip-tiny"));

  @TempDir private Path temp;
  private Path folder;
  private float[] texts;
  private float[] images;

  @BeforeEach
  void saveAModel() throws IOException {
    TransformerConfig.Builder encoder =
        TransformerConfig.builder(2, 64)
            .activation(UnaryOp.QUICK_GELU)
            .norm(NormPlacement.PRE)
            .epsilon(1e-5);
    ClipConfig config =
        new ClipConfig(
            new ClipConfig.Text(
                TOKENIZER.vocabularySize(), 77, ClipConfig.GREATEST_TOKEN, encoder.build()),
            new ClipConfig.Vision(12, 4, 3, encoder.build()),
            4);
    Weights weights = Weights.random(DType.F32, new RandomSource(3)).constant();
    folder = temp.resolve("clip");
    try (ClipModel clip = ClipModel.create(weights, config, TOKENIZER)) {
      clip.save(folder);
      texts = clip.encodeText(TEXTS).toFloats();
      images = clip.encodePixels(pixels()).toFloats();
    }
  }

  private static Tensor pixels() {
    return Tensor.full(DType.F32, Shape.of(2, 3, 12, 12), Device.CPU, 0.5);
  }

  private Map<String, Tensor> weights() {
    return new LinkedHashMap<>(SafeTensors.read(folder.resolve(ModelFolder.WEIGHTS)));
  }

  private void write(Map<String, Tensor> weights) {
    SafeTensors.write(folder.resolve(ModelFolder.WEIGHTS), weights, Map.of());
  }

  private void assertSame() {
    try (ClipModel clip = ClipModel.load(folder)) {
      assertArrayEquals(texts, clip.encodeText(TEXTS).toFloats());
      assertArrayEquals(images, clip.encodePixels(pixels()).toFloats());
      assertEquals(1, clip.logits(clip.encodePixels(pixels()), clip.encodeText(TEXTS)).dim(0) / 2);
    }
  }

  private String loadError() {
    String message =
        assertThrows(CheckpointException.class, () -> ClipModel.load(folder)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  /** The width is 4 here, and 512 where nobody says anything. */
  @Test
  void projectionDimLeftOut() throws IOException {
    Path config = folder.resolve("config.json");
    String text = Files.readString(config);
    Files.writeString(config, text.replaceAll("\"projection_dim\" : 4,?", ""));
    assertTrue(!Files.readString(config).contains("projection_dim"), text);
    assertSame();
    write(openAi(weights()));
    assertSame();
  }

  /** The same weights as OpenAI's code names and lays them out. */
  private static Map<String, Tensor> openAi(Map<String, Tensor> weights) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    weights.forEach(
        (name, tensor) -> {
          if (name.contains("q_proj")) {
            List<Tensor> parts =
                List.of(
                    tensor,
                    weights.get(name.replace("q_proj", "k_proj")),
                    weights.get(name.replace("q_proj", "v_proj")));
            String fused = name.replace("self_attn.q_proj.", "attn.in_proj_");
            renamed.put(openAi(fused), Ops.concat(parts, 0));
          } else if (name.endsWith("_projection.weight")) {
            renamed.put(openAi(name), Ops.copy(tensor.transpose(0, 1)));
          } else if (!name.contains("k_proj") && !name.contains("v_proj")) {
            renamed.put(openAi(name), tensor);
          }
        });
    return renamed;
  }

  private static String openAi(String name) {
    return name.replace("text_model.encoder.layers", "transformer.resblocks")
        .replace("vision_model.encoder.layers", "visual.transformer.resblocks")
        .replace("self_attn.out_proj", "attn.out_proj")
        .replace("layer_norm", "ln_")
        .replace("mlp.fc1", "mlp.c_fc")
        .replace("mlp.fc2", "mlp.c_proj")
        .replace("text_model.embeddings.token_embedding", "token_embedding")
        .replace("text_model.embeddings.position_embedding.weight", "positional_embedding")
        .replace("text_model.final_ln_", "ln_final")
        .replace("text_projection.weight", "text_projection")
        .replace("vision_model.embeddings.class_embedding", "visual.class_embedding")
        .replace("vision_model.embeddings.patch_embedding", "visual.conv1")
        .replace("vision_model.embeddings.position_embedding.weight", "visual.positional_embedding")
        .replace("vision_model.pre_layrnorm", "visual.ln_pre")
        .replace("vision_model.post_layernorm", "visual.ln_post")
        .replace("visual_projection.weight", "visual.proj");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "module.", "model.clip."})
  void openAisNamesWithoutConfiguration(String prefix) throws IOException {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    openAi(weights()).forEach((name, tensor) -> renamed.put(prefix + name, tensor));
    assertTrue(renamed.containsKey(prefix + "visual.ln_post.weight"), renamed.toString());
    assertTrue(renamed.containsKey(prefix + "ln_final.weight"), renamed.toString());
    renamed.put("input_resolution", Tensor.of(new long[] {12}));
    renamed.put("context_length", Tensor.of(new long[] {77}));
    renamed.put("vocab_size", Tensor.of(new long[] {752}));
    write(renamed);
    assertSame();
    ClipConfig stated = ClipConfig.read(folder);
    Files.delete(folder.resolve("config.json"));
    Files.delete(folder.resolve("preprocessor_config.json"));
    Files.move(folder.resolve(ModelFolder.WEIGHTS), folder.resolve("ViT.safetensors"));
    assertSame();
    try (ClipModel clip = ClipModel.load(folder)) {
      assertEquals(stated, clip.config());
    }
  }

  @Test
  void whatCannotBeInferred() throws IOException {
    Files.delete(folder.resolve("config.json"));
    assertTrue(loadError().contains("no config.json"), loadError());
    Map<String, Tensor> weights = openAi(weights());
    weights.remove("text_projection");
    write(weights);
    assertTrue(loadError().contains("text_projection is missing"), loadError());
    weights.put("text_projection", Tensor.zeros(DType.F32, 3));
    write(weights);
    assertTrue(loadError().contains("text_projection is F32[3], expected 2 axes"), loadError());
    weights.put("text_projection", Tensor.zeros(DType.F32, 65, 4));
    write(weights);
    assertTrue(loadError().contains("text_projection is [65, 4], expected [64, 4]"), loadError());
    write(Map.of("visual.layer1.0.conv1.weight", Tensor.zeros(DType.F32, 1, 1, 1, 1)));
    assertTrue(loadError().contains("a ResNet"), loadError());
  }

  @Test
  void buffersAndPrefixes() {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    weights().forEach((name, tensor) -> renamed.put("clip." + name, tensor));
    renamed.put("clip.text_model.embeddings.position_ids", Tensor.of(new long[77], 1, 77));
    renamed.put("clip.vision_model.embeddings.position_ids", Tensor.of(new long[10], 1, 10));
    renamed.put("classifier.weight", Tensor.zeros(DType.F32, 2, 4));
    write(renamed);
    assertSame();
  }

  /** A training file that keeps a model and a copy of it. */
  @Test
  void severalModelsInOneFile() {
    Map<String, Tensor> twice = new LinkedHashMap<>();
    weights().forEach((name, tensor) -> twice.put("model." + name, tensor));
    weights().forEach((name, tensor) -> twice.put("average." + name, tensor));
    write(twice);
    assertTrue(loadError().contains("several models"), loadError());
    assertTrue(loadError().contains("'model.'"), loadError());
  }

  @Test
  void oneEncoderOfAWholeConfiguration() {
    Map<String, Tensor> weights = weights();
    weights.keySet().removeIf(name -> !name.startsWith("text_"));
    write(weights);
    try (ClipModel clip = ClipModel.load(folder)) {
      assertArrayEquals(texts, clip.encodeText(TEXTS).toFloats());
      assertNull(clip.config().vision());
      assertThrows(IllegalStateException.class, () -> clip.encodePixels(pixels()));
      assertThrows(
          IllegalStateException.class, () -> clip.logits(pixels(), clip.encodeText(TEXTS)));
    }
  }

  @Test
  void textEncoderAlone() throws IOException {
    Path alone = temp.resolve("text");
    Map<String, Tensor> weights = weights();
    weights.keySet().removeIf(name -> !name.startsWith("text_"));
    write(weights);
    try (ClipModel clip = ClipModel.load(folder)) {
      clip.save(alone);
    }
    assertTrue(Files.readString(alone.resolve("config.json")).contains("clip_text_model"));
    assertTrue(Files.notExists(alone.resolve("preprocessor_config.json")));
    try (ClipModel clip = ClipModel.load(alone)) {
      assertArrayEquals(texts, clip.encodeText(TEXTS).toFloats());
      assertEquals(4, clip.encodeText(List.of()).dim(1));
    }
  }

  @Test
  void imageEncoderAlone() throws IOException {
    Path alone = temp.resolve("vision");
    Map<String, Tensor> weights = weights();
    weights.keySet().removeIf(name -> name.startsWith("text_") || name.startsWith("logit"));
    write(weights);
    try (ClipModel clip = ClipModel.load(folder)) {
      clip.save(alone);
    }
    assertTrue(Files.readString(alone.resolve("config.json")).contains("clip_vision_model"));
    assertTrue(Files.notExists(alone.resolve("vocab.json")));
    try (ClipModel clip = ClipModel.load(alone)) {
      assertArrayEquals(images, clip.encodePixels(pixels()).toFloats());
      assertNull(clip.tokenizer());
      assertThrows(IllegalStateException.class, () -> clip.encodeText(TEXTS));
    }
  }

  /** Old folders state an encoder's fields twice; the library believes the second. */
  @Test
  void fieldsStatedTwice() throws IOException {
    Path file = folder.resolve("config.json");
    String json = Files.readString(file);
    assertTrue(json.contains("\"text_config\" : {"), json);
    String twice =
        json.replace(
            "\"text_config\" : {",
            "\"vision_config_dict\" : null, \"text_config\" : {\"hidden_size\" : 32},"
                + " \"text_config_dict\" : {");
    Files.writeString(file, twice);
    assertSame();
  }

  /** PyTorch takes it as well: numbers had an axis before its version 0.4. */
  @Test
  void aNumberWithAnAxis() throws IOException {
    Map<String, Tensor> weights = weights();
    double logitScale = weights.get("logit_scale").item();
    weights.put("logit_scale", weights.get("logit_scale").reshape(1));
    write(weights);
    assertSame();
    try (ClipModel clip = ClipModel.load(folder)) {
      assertEquals(logitScale, clip.network().logitScale().value().item());
    }
  }

  /** As transformers does not need the one for texts, nor the other for pictures. */
  @Test
  void withoutPreprocessingOrVocabulary() throws IOException {
    Files.delete(folder.resolve("preprocessor_config.json"));
    assertSame();
    Files.delete(folder.resolve("vocab.json"));
    Files.delete(folder.resolve("merges.txt"));
    try (ClipModel clip = ClipModel.load(folder)) {
      assertArrayEquals(images, clip.encodePixels(pixels()).toFloats());
      assertNull(clip.tokenizer());
      String error =
          assertThrows(IllegalStateException.class, () -> clip.encodeText(TEXTS)).getMessage();
      assertTrue(error.contains("has no vocabulary"), error);
      assertArrayEquals(texts, clip.encodeTokens(TOKENIZER.encodeAll(TEXTS)).toFloats());
    }
  }

  @Test
  void neitherEncoder() {
    write(Map.of("other", Tensor.zeros(DType.F32, 1)));
    assertTrue(loadError().contains("missing: text_model.embeddings."), loadError());
    assertTrue(loadError().contains("; not known: other"), loadError());
  }

  private static void assertClose(float[] expected, Tensor actual) {
    assertArrayEquals(expected, actual.toFloats(), 1e-5f);
  }

  /** {@code CLIPTextModel}: no projection, so the vector is what would be projected. */
  @Test
  void textEncoderWithoutProjection() throws IOException {
    float[] pooled;
    try (ClipModel clip = ClipModel.load(folder)) {
      pooled = clip.inspectText(TEXTS).pooled().toFloats();
    }
    Map<String, Tensor> weights = weights();
    weights.keySet().removeIf(name -> !name.startsWith("text_model"));
    write(weights);
    Path alone = temp.resolve("text");
    try (ClipModel clip = ClipModel.load(folder)) {
      assertClose(pooled, clip.encodeText(TEXTS));
      assertNull(clip.inspectText(TEXTS).embedding());
      clip.save(alone);
    }
    String json = Files.readString(alone.resolve("config.json"));
    assertTrue(json.contains("\"CLIPTextModel\""), json);
    try (ClipModel clip = ClipModel.load(alone)) {
      assertClose(pooled, clip.encodeText(TEXTS));
    }
    Files.writeString(
        alone.resolve("config.json"), json.replace("CLIPTextModel", "CLIPTextModelWithProjection"));
    folder = alone;
    assertTrue(loadError().contains("missing: text_projection.weight"), loadError());
  }

  /** {@code CLIPVisionModel}. */
  @Test
  void imageEncoderWithoutProjection() throws IOException {
    float[] pooled;
    try (ClipModel clip = ClipModel.load(folder)) {
      pooled = clip.inspectPixels(pixels()).pooled().toFloats();
    }
    Map<String, Tensor> weights = weights();
    weights.keySet().removeIf(name -> !name.startsWith("vision_model"));
    write(weights);
    Path alone = temp.resolve("vision");
    try (ClipModel clip = ClipModel.load(folder)) {
      clip.save(alone);
    }
    assertTrue(Files.readString(alone.resolve("config.json")).contains("\"CLIPVisionModel\""));
    try (ClipModel clip = ClipModel.load(alone)) {
      assertClose(pooled, clip.encodePixels(pixels()));
      assertArrayEquals(new int[] {2, 64}, clip.encodePixels(pixels()).shape().dims());
      assertNull(clip.inspectPixels(pixels()).embedding());
    }
  }

  /** A whole model needs both projections. */
  @Test
  void wholeModelLacksAProjection() {
    Map<String, Tensor> weights = weights();
    weights.remove("visual_projection.weight");
    write(weights);
    assertTrue(loadError().contains("missing: visual_projection.weight"), loadError());
  }

  /** Matrices stay as they lie; what comes out is F32 and close to what F32 gives. */
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void weightsInHalfPrecision(DType dtype) {
    Map<String, Tensor> weights = weights();
    weights.replaceAll((_, tensor) -> Ops.cast(tensor, dtype));
    write(weights);
    try (ClipModel halves = ClipModel.load(folder);
        ClipModel widened = ClipModel.load(folder, WeightUse.TRAINING)) {
      assertEquals(DType.F32, halves.encodeText(TEXTS).dtype());
      assertClose(widened.encodeText(TEXTS).toFloats(), halves.encodeText(TEXTS));
      assertClose(widened.encodePixels(pixels()).toFloats(), halves.encodePixels(pixels()));
      Tensor logits = halves.logits(halves.encodePixels(pixels()), halves.encodeText(TEXTS));
      assertArrayEquals(new int[] {2, 2}, logits.shape().dims());
      halves
          .network()
          .parameters()
          .forEach(
              (name, p) -> assertEquals(p.shape().rank() > 1 ? dtype : DType.F32, p.dtype(), name));
    }
  }
}
