package dev.weft.nn.clip;

import static dev.weft.nn.checkpoint.NamingRules.rule;

import dev.weft.nn.checkpoint.Naming;
import dev.weft.nn.checkpoint.NamingRules;
import dev.weft.nn.checkpoint.NamingRules.Rule;
import java.util.ArrayList;
import java.util.List;

/** What the hub's checkpoints call CLIP's parameters. */
final class ClipNames {
  /** As {@code CLIPModel} stores them; {@code pre_layrnorm} is spelt so. */
  static final Naming HUGGING_FACE = NamingRules.of(rules());

  private ClipNames() {}

  private static Rule[] rules() {
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
}
