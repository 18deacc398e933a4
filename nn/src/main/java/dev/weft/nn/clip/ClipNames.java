package dev.weft.nn.clip;

import static dev.weft.nn.checkpoint.NamingRules.rule;

import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.Naming;
import dev.weft.nn.checkpoint.NamingRules;
import dev.weft.nn.checkpoint.NamingRules.Rule;
import dev.weft.nn.checkpoint.Prefix;
import dev.weft.nn.checkpoint.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What checkpoints call CLIP's parameters, and what one of them holds. */
final class ClipNames implements Naming {
  /** As {@code CLIPModel} stores them; {@code pre_layrnorm} is spelt so. */
  static final NamingRules HUGGING_FACE = NamingRules.of(huggingFace());

  /** As OpenAI's code stores them; projections are multiplied from the right there. */
  static final NamingRules OPEN_AI = NamingRules.of(openAi());

  private static final String TEXT = "text_model.embeddings.token_embedding.weight";
  private static final String VISION = "vision_model.embeddings.patch_embedding.weight";
  private static final String TEXT_PROJECTION = "text_projection.weight";
  private static final String VISION_PROJECTION = "visual_projection.weight";
  private static final String OPEN_AI_TEXT = "token_embedding.weight";
  private static final String OPEN_AI_VISION = "visual.conv1.weight";
  private static final String OPEN_AI_RESNET = "visual.layer1.0.conv1.weight";

  /** Buffers, sizes that OpenAI stores as tensors, and what Hugging Face's classifier adds. */
  private static final Pattern BESIDE =
      Pattern.compile(
          "(.*\\.)?(position_ids|attn_mask|input_resolution|context_length|vocab_size"
              + "|classifier\\.(weight|bias))");

  private final NamingRules rules;
  private final Set<String> stored;
  private final String prefix;
  private final boolean isOpenAi;

  private ClipNames(NamingRules rules, Set<String> stored, String prefix, boolean isOpenAi) {
    this.rules = rules.withPrefix(prefix);
    this.stored = stored;
    this.prefix = prefix;
    this.isOpenAi = isOpenAi;
  }

  /**
   * The names in one checkpoint.
   *
   * @throws CheckpointException if it holds OpenAI's other kind of CLIP
   */
  static ClipNames in(Checkpoint checkpoint) {
    Set<String> stored = checkpoint.tensors().keySet();
    Optional<String> huggingFace =
        Prefix.before(TEXT, checkpoint).or(() -> Prefix.before(VISION, checkpoint));
    if (huggingFace.isPresent()) {
      return new ClipNames(HUGGING_FACE, stored, huggingFace.get(), false);
    }
    Prefix.before(OPEN_AI_RESNET, checkpoint)
        .ifPresent(
            _ -> {
              throw new CheckpointException(
                  checkpoint.source()
                      + ": a CLIP whose image encoder is a ResNet; only Vision Transformers are"
                      + " supported");
            });
    return Prefix.before(OPEN_AI_VISION, checkpoint)
        .map(prefix -> new ClipNames(OPEN_AI, stored, prefix, true))
        .orElseGet(() -> new ClipNames(HUGGING_FACE, stored, "", false));
  }

  /** Whether the names are those of OpenAI's code. */
  boolean isOpenAi() {
    return isOpenAi;
  }

  /** A name as it stands in the checkpoint. */
  String withPrefix(String name) {
    return prefix + name;
  }

  boolean hasText() {
    return stored.contains(prefix + (isOpenAi ? OPEN_AI_TEXT : TEXT));
  }

  boolean hasVision() {
    return stored.contains(prefix + (isOpenAi ? OPEN_AI_VISION : VISION));
  }

  /** Whether an encoder that stands alone ends with a projection. */
  boolean hasProjection() {
    return isOpenAi
        || stored.contains(prefix + TEXT_PROJECTION)
        || stored.contains(prefix + VISION_PROJECTION);
  }

  /** How wide the checkpoint's projections are; where it has none, as otherwise said. */
  int projectionSize(Checkpoint checkpoint, int otherwise) {
    List<String> names =
        isOpenAi
            ? List.of("text_projection", "visual.proj")
            : List.of(TEXT_PROJECTION, VISION_PROJECTION);
    for (String name : names) {
      TensorInfo info = checkpoint.tensors().get(prefix + name);
      if (info != null && info.shape().rank() == 2) {
        return info.shape().dim(isOpenAi ? 1 : 0);
      }
    }
    return otherwise;
  }

  /** Whether a stored tensor may well be there and is no parameter of the encoders. */
  boolean isBeside(String name) {
    return !name.startsWith(prefix) || BESIDE.matcher(name).matches();
  }

  @Override
  public List<String> stored(String parameter) {
    return rules.stored(parameter);
  }

  @Override
  public boolean isTransposed(String parameter) {
    return rules.isTransposed(parameter);
  }

  private static Rule[] huggingFace() {
    List<Rule> rules =
        new ArrayList<>(
            List.of(
                rule("text.tokens.", "text_model.embeddings.token_embedding."),
                rule("text.positions.", "text_model.embeddings.position_embedding."),
                rule("text.finalNorm.", "text_model.final_layer_norm."),
                rule("text.projection.", "text_projection."),
                rule("vision.classToken", "vision_model.embeddings.class_embedding"),
                rule("vision.patches", "vision_model.embeddings.patch_embedding.weight"),
                rule("vision.positions.", "vision_model.embeddings.position_embedding."),
                rule("vision.preNorm.", "vision_model.pre_layrnorm."),
                rule("vision.postNorm.", "vision_model.post_layernorm."),
                rule("vision.projection.", "visual_projection."),
                rule("logitScale", "logit_scale")));
    rules.addAll(encoder("text.encoder.layers.*.", "text_model.encoder.layers.*."));
    rules.addAll(encoder("vision.encoder.layers.*.", "vision_model.encoder.layers.*."));
    return rules.toArray(Rule[]::new);
  }

  private static List<Rule> encoder(String own, String stored) {
    return List.of(
        rule(
            own + "attention.queryKeyValue.",
            stored + "self_attn.q_proj.",
            stored + "self_attn.k_proj.",
            stored + "self_attn.v_proj."),
        rule(own + "attention.output.", stored + "self_attn.out_proj."),
        rule(own + "attentionNorm.", stored + "layer_norm1."),
        rule(own + "feedForward.intermediate.", stored + "mlp.fc1."),
        rule(own + "feedForward.output.", stored + "mlp.fc2."),
        rule(own + "feedForwardNorm.", stored + "layer_norm2."));
  }

  private static Rule[] openAi() {
    List<Rule> rules =
        new ArrayList<>(
            List.of(
                rule("text.tokens.", "token_embedding."),
                rule("text.positions.weight", "positional_embedding"),
                rule("text.finalNorm.", "ln_final."),
                rule("text.projection.weight", "text_projection").transposed(),
                rule("vision.classToken", "visual.class_embedding"),
                rule("vision.patches", "visual.conv1.weight"),
                rule("vision.positions.weight", "visual.positional_embedding"),
                rule("vision.preNorm.", "visual.ln_pre."),
                rule("vision.postNorm.", "visual.ln_post."),
                rule("vision.projection.weight", "visual.proj").transposed(),
                rule("logitScale", "logit_scale")));
    rules.addAll(openAiEncoder("text.encoder.layers.*.", "transformer.resblocks.*."));
    rules.addAll(openAiEncoder("vision.encoder.layers.*.", "visual.transformer.resblocks.*."));
    return rules.toArray(Rule[]::new);
  }

  private static List<Rule> openAiEncoder(String own, String stored) {
    return List.of(
        rule(own + "attention.queryKeyValue.", stored + "attn.in_proj_"),
        rule(own + "attention.output.", stored + "attn.out_proj."),
        rule(own + "attentionNorm.", stored + "ln_1."),
        rule(own + "feedForward.intermediate.", stored + "mlp.c_fc."),
        rule(own + "feedForward.output.", stored + "mlp.c_proj."),
        rule(own + "feedForwardNorm.", stored + "ln_2."));
  }
}
