package dev.weft.nn.bert;

import static dev.weft.nn.checkpoint.NamingRules.rule;

import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.Naming;
import dev.weft.nn.checkpoint.NamingRules;
import java.util.Set;

/** What the hub's checkpoints call BERT's parameters. */
final class BertNames {
  /** As {@code BertModel} stores them. */
  static final Naming HUGGING_FACE =
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

  private BertNames() {}

  /**
   * The names in one checkpoint: models with a head put {@code bert.} before them, and old ones
   * call a layer norm's parameters {@code gamma} and {@code beta}.
   */
  static Naming in(Checkpoint checkpoint) {
    Set<String> names = checkpoint.tensors().keySet();
    String prefix = names.stream().anyMatch(name -> name.startsWith("bert.")) ? "bert." : "";
    boolean old = names.contains(prefix + "embeddings.LayerNorm.gamma");
    return parameter ->
        HUGGING_FACE.stored(parameter).stream()
            .map(name -> prefix + (old ? withOldNorm(name) : name))
            .toList();
  }

  /** Whether a stored tensor belongs to the pooler. */
  static boolean isPooler(String stored) {
    return stored.endsWith("pooler.dense.weight");
  }

  private static String withOldNorm(String name) {
    return name.replace("LayerNorm.weight", "LayerNorm.gamma")
        .replace("LayerNorm.bias", "LayerNorm.beta");
  }
}
