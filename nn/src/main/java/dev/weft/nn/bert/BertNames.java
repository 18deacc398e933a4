package dev.weft.nn.bert;

import static dev.weft.nn.checkpoint.NamingRules.rule;

import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.Naming;
import dev.weft.nn.checkpoint.NamingRules;
import dev.weft.nn.checkpoint.Prefix;
import java.util.List;
import java.util.Set;

/** What the hub's checkpoints call BERT's parameters. */
final class BertNames implements Naming {
  /** As {@code BertModel} stores them. */
  static final NamingRules HUGGING_FACE =
      NamingRules.of(
          rule("words.", "embeddings.word_embeddings."),
          rule("positions.", "embeddings.position_embeddings."),
          rule("segments.", "embeddings.token_type_embeddings."),
          rule("embeddingNorm.", "embeddings.LayerNorm."),
          rule(
              "encoder.layers.*.attention.queryKeyValue.",
              "encoder.layer.*.attention.self.query.",
              "encoder.layer.*.attention.self.key.",
              "encoder.layer.*.attention.self.value."),
          rule("encoder.layers.*.attention.output.", "encoder.layer.*.attention.output.dense."),
          rule("encoder.layers.*.attentionNorm.", "encoder.layer.*.attention.output.LayerNorm."),
          rule("encoder.layers.*.feedForward.intermediate.", "encoder.layer.*.intermediate.dense."),
          rule("encoder.layers.*.feedForward.output.", "encoder.layer.*.output.dense."),
          rule("encoder.layers.*.feedForwardNorm.", "encoder.layer.*.output.LayerNorm."),
          rule("pooler.", "pooler.dense."));

  /** A name that every BERT has. */
  private static final String WORDS = "embeddings.word_embeddings.weight";

  private static final String POOLER = "pooler.dense.weight";

  private final Set<String> stored;
  private final String prefix;

  private BertNames(Set<String> stored, String prefix) {
    this.stored = stored;
    this.prefix = prefix;
  }

  /**
   * The names in one checkpoint: models with a head put {@code bert.} before them, and old ones
   * call a layer norm's parameters {@code gamma} and {@code beta}.
   */
  static BertNames in(Checkpoint checkpoint) {
    String prefix = Prefix.before(WORDS, checkpoint).orElse("");
    return new BertNames(checkpoint.tensors().keySet(), prefix);
  }

  @Override
  public List<String> stored(String parameter) {
    return HUGGING_FACE.stored(parameter).stream().map(name -> found(prefix + name)).toList();
  }

  private String found(String name) {
    if (stored.contains(name)) {
      return name;
    }
    String old =
        name.replace("LayerNorm.weight", "LayerNorm.gamma")
            .replace("LayerNorm.bias", "LayerNorm.beta");
    return stored.contains(old) ? old : name;
  }

  /** Whether the model has its layer on the first token's state. */
  boolean hasPooler() {
    return stored.contains(prefix + POOLER);
  }

  /** Whether a stored tensor is none of the encoder's parameters: a buffer, or part of a head. */
  boolean isBeside(String name) {
    if (!name.startsWith(prefix)) {
      return true;
    }
    String own = name.substring(prefix.length());
    boolean isEncoders =
        own.startsWith("embeddings.") || own.startsWith("encoder.") || own.startsWith("pooler.");
    return !isEncoders
        || own.equals("embeddings.position_ids")
        || own.equals("embeddings.token_type_ids");
  }
}
