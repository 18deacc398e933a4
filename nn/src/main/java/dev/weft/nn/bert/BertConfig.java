package dev.weft.nn.bert;

import dev.weft.nn.NormPlacement;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.checkpoint.ModelConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a BERT is made of.
 *
 * @param vocabularySize number of tokens
 * @param maxPositions the longest sequence
 * @param tokenTypes number of segments a text may have
 * @param encoder the layers; their hidden size is that of the embeddings, their epsilon that of
 *     every layer norm
 */
public record BertConfig(
    int vocabularySize, int maxPositions, int tokenTypes, TransformerConfig encoder) {

  /** BERT's usual 512 positions and two segments. */
  public static BertConfig of(int vocabularySize, TransformerConfig encoder) {
    return new BertConfig(vocabularySize, 512, 2, encoder);
  }

  /**
   * Reads a folder's {@code config.json}.
   *
   * @throws dev.weft.nn.checkpoint.CheckpointException naming the field that is missing or wrong
   */
  public static BertConfig read(Path folder) {
    ModelConfig json = ModelConfig.read(folder);
    json.requireModelType("bert");
    refuseOthers(json);
    int hiddenSize = json.size("hidden_size");
    int heads = json.size("num_attention_heads");
    if (hiddenSize % heads != 0) {
      throw json.error(
          "hidden_size " + hiddenSize + " does not split into num_attention_heads " + heads);
    }
    return new BertConfig(
        json.size("vocab_size"),
        json.size("max_position_embeddings", 512),
        json.size("type_vocab_size", 2),
        TransformerConfig.builder(json.size("num_hidden_layers"), hiddenSize)
            .heads(heads)
            .feedForwardSize(json.size("intermediate_size"))
            .activation(json.activation("gelu"))
            .norm(NormPlacement.POST)
            .epsilon(json.number("layer_norm_eps", 1e-12))
            .hiddenDropout(json.number("hidden_dropout_prob", 0.1))
            .attentionDropout(json.number("attention_probs_dropout_prob", 0.1))
            .build());
  }

  /** Encoders that carry BERT's name and compute something else. */
  private static void refuseOthers(ModelConfig json) {
    String positions = json.text("position_embedding_type", "absolute");
    if (!positions.equals("absolute")) {
      throw json.error(
          "position_embedding_type is \"" + positions + "\"; only \"absolute\" is supported");
    }
    if (json.flag("is_decoder", false)) {
      throw json.error("is_decoder is true; only encoders are supported");
    }
    if (json.flag("add_cross_attention", false)) {
      throw json.error("add_cross_attention is true; only self-attention is supported");
    }
    if (!json.part("pruned_heads").isEmpty()) {
      throw json.error("pruned_heads is not empty; layers must have all their heads");
    }
  }

  /** Writes a folder's {@code config.json}. */
  public void write(Path folder) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("architectures", List.of("BertModel"));
    json.put("model_type", "bert");
    json.put("vocab_size", vocabularySize);
    json.put("hidden_size", encoder.hiddenSize());
    json.put("num_hidden_layers", encoder.layers());
    json.put("num_attention_heads", encoder.heads());
    json.put("intermediate_size", encoder.feedForwardSize());
    json.put("hidden_act", ModelConfig.activationName(encoder.activation()));
    json.put("hidden_dropout_prob", encoder.hiddenDropout());
    json.put("attention_probs_dropout_prob", encoder.attentionDropout());
    json.put("max_position_embeddings", maxPositions);
    json.put("type_vocab_size", tokenTypes);
    json.put("layer_norm_eps", encoder.epsilon());
    ModelConfig.write(folder, json);
  }
}
