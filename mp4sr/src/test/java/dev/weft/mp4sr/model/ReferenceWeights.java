package dev.weft.mp4sr.model;

import dev.weft.autograd.Variable;
import dev.weft.nn.Init;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Our parameters (or their gradients) from tensors with the names of the authors' code. */
final class ReferenceWeights implements Weights {
  private final Map<String, Tensor> tensors;
  private final String prefix;
  private final int experts;
  private final DType dtype;
  private final Set<String> used = new HashSet<>();

  /**
   * Weights out of a golden file.
   *
   * @param prefix such as {@code pretrain.param.}
   * @param dtype of the parameters; the file's numbers are F64
   */
  ReferenceWeights(Map<String, Tensor> tensors, String prefix, int experts, DType dtype) {
    this.tensors = tensors;
    this.prefix = prefix;
    this.experts = experts;
    this.dtype = dtype;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public Variable parameter(String name, Init init, int... dims) {
    return Variable.parameter(Ops.copy(Ops.cast(tensor(name, Shape.of(dims)), dtype)));
  }

  /** The reference's names that were asked for. */
  Set<String> used() {
    return used;
  }

  /** Our parameter's counterpart; null if the reference has none of it. */
  Tensor tensor(String name, Shape shape) {
    if (name.endsWith(".gate.weight")) {
      Tensor gate = load(side(name) + ".w_gate");
      return gate == null ? null : gate.transpose(0, 1);
    }
    List<Tensor> parts = new ArrayList<>();
    for (String reference : names(name)) {
      Tensor part = load(reference);
      if (part == null) {
        return null;
      }
      parts.add(part);
    }
    return Ops.concat(parts, 0).reshape(shape.dims());
  }

  private Tensor load(String reference) {
    used.add(reference);
    return tensors.get(prefix + reference);
  }

  private static String side(String name) {
    return name.contains(".text.") ? "moe_1" : "moe_2";
  }

  private List<String> names(String name) {
    String end = name.substring(name.lastIndexOf('.'));
    if (name.contains(".pooling.")) {
      String attention = name.contains(".text.") ? "desc_attn" : "img_attn";
      String part = name.contains(".projection.") ? "0" : "1";
      return List.of(attention + ".feature_att_layer.projection." + part + end);
    }
    if (name.contains(".experts.experts.")) {
      return ofExperts(name, "lin" + end);
    }
    if (name.endsWith("normWeight") || name.endsWith("normBias")) {
      return ofExperts(name, name.endsWith("Weight") ? "norm.weight" : "norm.bias");
    }
    if (name.contains(".transformer.layers.")) {
      return inLayer(name, end);
    }
    return switch (name.substring(0, name.lastIndexOf('.'))) {
      case "encoder.sequence.positions" -> List.of("position_embedding" + end);
      case "encoder.sequence.norm" -> List.of("LayerNorm" + end);
      case "textProjection" -> List.of("linear_desc" + end);
      case "imageProjection" -> List.of("linear_img" + end);
      case "itemEmbedding" -> List.of("item_embedding" + end);
      default -> throw new AssertionError("no counterpart known of " + name);
    };
  }

  private List<String> ofExperts(String name, String part) {
    List<String> names = new ArrayList<>();
    for (int expert = 0; expert < experts; expert++) {
      names.add(side(name) + ".experts." + expert + "." + part);
    }
    return names;
  }

  private static List<String> inLayer(String name, String end) {
    String[] path = name.split("\\.", -1);
    String layer = "trm_encoder.layer." + path[4] + ".";
    return switch (path[5] + "." + path[6]) {
      case "attention.queryKeyValue" ->
          List.of(
              layer + "multi_head_attention.query" + end,
              layer + "multi_head_attention.key" + end,
              layer + "multi_head_attention.value" + end);
      case "attention.output" -> List.of(layer + "multi_head_attention.dense" + end);
      case "feedForward.intermediate" -> List.of(layer + "feed_forward.dense_1" + end);
      case "feedForward.output" -> List.of(layer + "feed_forward.dense_2" + end);
      case "attentionNorm.weight", "attentionNorm.bias" ->
          List.of(layer + "multi_head_attention.LayerNorm" + end);
      case "feedForwardNorm.weight", "feedForwardNorm.bias" ->
          List.of(layer + "feed_forward.LayerNorm" + end);
      default -> throw new AssertionError("no counterpart known of " + name);
    };
  }
}
