package dev.weft.nn.clip;

import dev.weft.nn.Init;
import dev.weft.nn.Linear;
import dev.weft.nn.NormPlacement;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.Weights;
import dev.weft.nn.checkpoint.ModelConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a CLIP is made of; one encoder may be alone.
 *
 * @param text null in an image encoder alone
 * @param vision null in a text encoder alone
 * @param projectionSize width of the space that texts and images share; {@link #NO_PROJECTION} for
 *     an encoder that ends with its pooled state
 */
public record ClipConfig(Text text, Vision vision, int projectionSize) {

  /** The size of a projection that is not there. */
  public static final int NO_PROJECTION = 0;

  /** The end token of all that OpenAI published. */
  private static final int OPEN_AI_END = 49407;

  private static final String BOTH = "clip";
  private static final String TEXT_ALONE = "clip_text_model";
  private static final String VISION_ALONE = "clip_vision_model";

  /** Checks that there is an encoder. */
  public ClipConfig {
    if (text == null && vision == null) {
      throw new IllegalArgumentException("clip: neither a text nor an image encoder");
    }
  }

  /**
   * The text encoder.
   *
   * @param endToken the token whose state stands for the text, at its first occurrence; {@link
   *     #GREATEST_TOKEN}: the token with the greatest id
   */
  public record Text(
      int vocabularySize, int maxPositions, int endToken, TransformerConfig encoder) {}

  /** The image encoder: square images cut into square patches, sizes in pixels. */
  public record Vision(int imageSize, int patchSize, int channels, TransformerConfig encoder) {

    /** Checks that patches fill the image. */
    public Vision {
      if (imageSize % patchSize != 0) {
        throw new IllegalArgumentException(
            "clip: image size " + imageSize + " does not split into patches of " + patchSize);
      }
    }

    /** Number of patches of an image. */
    public int patches() {
      int side = imageSize / patchSize;
      return side * side;
    }
  }

  /**
   * The value of {@code eos_token_id} in folders converted before that field was right; the end
   * token is then taken to be the greatest id of a text, as OpenAI's code does.
   */
  public static final int GREATEST_TOKEN = 2;

  /**
   * Reads a folder's {@code config.json}: of a whole CLIP or of one encoder with its projection.
   * What it leaves out is as in Hugging Face's library, but that a model whose {@code
   * projection_dim} is left out has the width of its checkpoint.
   *
   * @throws dev.weft.nn.checkpoint.CheckpointException naming the field that is wrong
   */
  public static ClipConfig read(Path folder) {
    ModelConfig json = ModelConfig.read(folder);
    int projectionSize = json.size("projection_dim", 512);
    return switch (json.text("model_type", BOTH)) {
      case TEXT_ALONE -> new ClipConfig(text(json), null, projectionSize);
      case VISION_ALONE -> new ClipConfig(null, vision(json), projectionSize);
      default -> {
        json.requireModelType(BOTH);
        yield new ClipConfig(
            text(part(json, "text_config")), vision(part(json, "vision_config")), projectionSize);
      }
    };
  }

  /** An encoder's fields; where they stand twice, the library takes those of {@code …_dict}. */
  private static ModelConfig part(ModelConfig json, String field) {
    String again = field + "_dict";
    return json.part(json.has(again) ? again : field);
  }

  /** The same for encoders that end with their pooled state. */
  ClipConfig withoutProjection() {
    return withProjectionSize(NO_PROJECTION);
  }

  ClipConfig withProjectionSize(int size) {
    return new ClipConfig(text, vision, size);
  }

  /** The map into the shared space; null where there is none. */
  Linear projection(Weights weights, int hidden) {
    Init init = Init.normal(1 / Math.sqrt(hidden));
    return projectionSize == NO_PROJECTION
        ? null
        : Linear.withoutBias(weights, hidden, projectionSize, init);
  }

  /** The same without an encoder that a checkpoint does not hold, if it holds the other. */
  ClipConfig only(boolean hasText, boolean hasVision) {
    return hasText == hasVision
        ? this
        : new ClipConfig(hasText ? text : null, hasVision ? vision : null, projectionSize);
  }

  private static Text text(ModelConfig json) {
    int vocabularySize = json.size("vocab_size", 49408);
    // Where it is left out the library takes OpenAI's; smaller vocabularies can only be older.
    int otherwise = vocabularySize > OPEN_AI_END ? OPEN_AI_END : GREATEST_TOKEN;
    return new Text(
        vocabularySize,
        json.size("max_position_embeddings", 77),
        json.integer("eos_token_id", otherwise),
        encoder(json, 512, 8));
  }

  private static Vision vision(ModelConfig json) {
    int imageSize = json.size("image_size", 224);
    int patchSize = json.size("patch_size", 32);
    if (imageSize % patchSize != 0) {
      throw json.error("image_size " + imageSize + " does not split into patch_size " + patchSize);
    }
    return new Vision(imageSize, patchSize, json.size("num_channels", 3), encoder(json, 768, 12));
  }

  private static TransformerConfig encoder(ModelConfig json, int defaultSize, int defaultHeads) {
    int hiddenSize = json.size("hidden_size", defaultSize);
    int heads = json.size("num_attention_heads", defaultHeads);
    if (hiddenSize % heads != 0) {
      throw json.error(
          "hidden_size " + hiddenSize + " does not split into num_attention_heads " + heads);
    }
    return TransformerConfig.builder(json.size("num_hidden_layers", 12), hiddenSize)
        .heads(heads)
        .feedForwardSize(json.size("intermediate_size", 4 * defaultSize))
        .activation(json.activation("quick_gelu"))
        .norm(NormPlacement.PRE)
        .epsilon(json.number("layer_norm_eps", 1e-5))
        .attentionDropout(json.number("attention_dropout", 0))
        .build();
  }

  /** Writes a folder's {@code config.json}. */
  public void write(Path folder) {
    if (vision == null) {
      ModelConfig.write(folder, alone("CLIPTextModel", textJson()));
      return;
    }
    if (text == null) {
      ModelConfig.write(folder, alone("CLIPVisionModel", visionJson()));
      return;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("architectures", List.of("CLIPModel"));
    json.put("model_type", BOTH);
    json.put("projection_dim", projectionSize);
    json.put("text_config", textJson());
    json.put("vision_config", visionJson());
    ModelConfig.write(folder, json);
  }

  private Map<String, Object> alone(String architecture, Map<String, Object> encoder) {
    String ending = projectionSize == NO_PROJECTION ? "" : "WithProjection";
    encoder.put("architectures", List.of(architecture + ending));
    return encoder;
  }

  private Map<String, Object> textJson() {
    Map<String, Object> json = encoderJson(TEXT_ALONE, text.encoder);
    json.put("vocab_size", text.vocabularySize);
    json.put("max_position_embeddings", text.maxPositions);
    json.put("eos_token_id", text.endToken);
    return json;
  }

  private Map<String, Object> visionJson() {
    Map<String, Object> json = encoderJson(VISION_ALONE, vision.encoder);
    json.put("image_size", vision.imageSize);
    json.put("patch_size", vision.patchSize);
    json.put("num_channels", vision.channels);
    return json;
  }

  private Map<String, Object> encoderJson(String modelType, TransformerConfig encoder) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model_type", modelType);
    json.put("hidden_size", encoder.hiddenSize());
    json.put("intermediate_size", encoder.feedForwardSize());
    json.put("num_hidden_layers", encoder.layers());
    json.put("num_attention_heads", encoder.heads());
    json.put("hidden_act", ModelConfig.activationName(encoder.activation()));
    json.put("layer_norm_eps", encoder.epsilon());
    json.put("attention_dropout", encoder.attentionDropout());
    if (projectionSize != NO_PROJECTION) {
      json.put("projection_dim", projectionSize);
    }
    return json;
  }
}
