package dev.weft.nn.clip;

import dev.weft.nn.NormPlacement;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.TensorInfo;
import dev.weft.tensor.Shape;
import dev.weft.tensor.UnaryOp;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What OpenAI's CLIP is made of, told by its tensors' shapes, as their code does for a checkpoint
 * that comes without a configuration: heads are 64 wide, the activation is x σ(1.702 x).
 */
final class OpenAiSizes {
  private static final int HEAD_SIZE = 64;
  private static final double EPSILON = 1e-5;

  private final Checkpoint checkpoint;
  private final ClipNames names;

  private OpenAiSizes(Checkpoint checkpoint, ClipNames names) {
    this.checkpoint = checkpoint;
    this.names = names;
  }

  /**
   * The configuration of a checkpoint.
   *
   * @throws CheckpointException naming a tensor that is missing or whose shape makes no sense
   */
  static ClipConfig read(Checkpoint checkpoint, ClipNames names) {
    OpenAiSizes sizes = new OpenAiSizes(checkpoint, names);
    return new ClipConfig(sizes.text(), sizes.vision(), sizes.shape("text_projection", 2).dim(1));
  }

  private ClipConfig.Text text() {
    Shape tokens = shape("token_embedding.weight", 2);
    int positions = shape("positional_embedding", 2).dim(0);
    return new ClipConfig.Text(
        tokens.dim(0),
        positions,
        ClipConfig.GREATEST_TOKEN,
        encoder(tokens.dim(1), "transformer.resblocks."));
  }

  private ClipConfig.Vision vision() {
    Shape patches = shape("visual.conv1.weight", 4);
    int side = (int) Math.sqrt(shape("visual.positional_embedding", 2).dim(0) - 1);
    int patch = patches.dim(2);
    return new ClipConfig.Vision(
        side * patch,
        patch,
        patches.dim(1),
        encoder(patches.dim(0), "visual.transformer.resblocks."));
  }

  private TransformerConfig encoder(int width, String layers) {
    if (width % HEAD_SIZE != 0) {
      throw new CheckpointException(
          "%s: no config.json, and a width of %d does not split into heads of %d"
              .formatted(checkpoint.source(), width, HEAD_SIZE));
    }
    return TransformerConfig.builder(count(layers), width)
        .heads(width / HEAD_SIZE)
        .feedForwardSize(shape(layers + "0.mlp.c_fc.weight", 2).dim(0))
        .activation(UnaryOp.QUICK_GELU)
        .norm(NormPlacement.PRE)
        .epsilon(EPSILON)
        .build();
  }

  private int count(String layers) {
    Pattern numbered = Pattern.compile(Pattern.quote(names.withPrefix(layers)) + "(\\d{1,4})\\..*");
    return checkpoint.tensors().keySet().stream()
        .map(numbered::matcher)
        .filter(Matcher::matches)
        .mapToInt(name -> Integer.parseInt(name.group(1)) + 1)
        .max()
        .orElse(0);
  }

  private Shape shape(String name, int rank) {
    Map<String, TensorInfo> tensors = checkpoint.tensors();
    TensorInfo info = tensors.get(names.withPrefix(name));
    if (info == null || info.shape().rank() != rank || info.shape().numel() == 0) {
      throw new CheckpointException(
          "%s: no config.json, and %s is %s, expected %d axes"
              .formatted(
                  checkpoint.source(), name, info == null ? "missing" : info.toString(), rank));
    }
    return info.shape();
  }
}
