package dev.weft.nn.clip;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Concat.concat;
import static dev.weft.autograd.op.Expand.expand;
import static dev.weft.autograd.op.Linear.linear;
import static dev.weft.autograd.op.Permute.permute;
import static dev.weft.autograd.op.Reshape.reshape;
import static dev.weft.autograd.op.Slice.slice;

import dev.weft.autograd.Variable;
import dev.weft.nn.Detail;
import dev.weft.nn.Embedding;
import dev.weft.nn.EncoderStates;
import dev.weft.nn.Init;
import dev.weft.nn.LayerNorm;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.Transformer;
import dev.weft.nn.Weights;
import dev.weft.tensor.Shape;
import dev.weft.tensor.TensorException;
import java.util.List;
import java.util.Set;

/**
 * CLIP's image encoder, a Vision Transformer (Dosovitskiy et al., arXiv 2010.11929): patches and a
 * class token through a pre-norm Transformer, of which the class token's state counts.
 *
 * @param classToken [hidden]
 * @param patches a convolution whose stride is its size, without bias, [hidden, channels, patch,
 *     patch]
 * @param positions [1 + patches, hidden], the class token's first
 * @param projection into the shared space, [projection, hidden], no bias; or null
 * @param imageSize in pixels
 */
public record ClipVisionNetwork(
    Variable classToken,
    Variable patches,
    Embedding positions,
    LayerNorm preNorm,
    Transformer encoder,
    LayerNorm postNorm,
    Linear projection,
    int imageSize)
    implements Module {

  /** The whole network. */
  public static ClipVisionNetwork create(Weights weights, ClipConfig config) {
    ClipConfig.Vision vision = config.vision();
    int hidden = vision.encoder().hiddenSize();
    int patch = vision.patchSize();
    double epsilon = vision.encoder().epsilon();
    Init small = Init.normal(0.02);
    return new ClipVisionNetwork(
        weights.parameter("classToken", Init.normal(1 / Math.sqrt(hidden)), hidden),
        weights.parameter("patches", small, hidden, vision.channels(), patch, patch),
        Embedding.create(weights.at("positions"), 1 + vision.patches(), hidden),
        LayerNorm.create(weights.at("preNorm"), hidden, epsilon),
        Transformer.create(weights.at("encoder"), vision.encoder()),
        LayerNorm.create(weights.at("postNorm"), hidden, epsilon),
        config.projection(weights.at("projection"), hidden),
        vision.imageSize());
  }

  /**
   * One vector for each image, not normalised.
   *
   * @param pixels [batch, channels, imageSize, imageSize]
   * @return [batch, projection], or [batch, hidden] where there is no projection
   */
  public Variable forward(Variable pixels, Mode mode) {
    return forward(pixels, mode, Set.of()).vector();
  }

  /**
   * Runs the network and shows what is asked for of its inside.
   *
   * @param pixels [batch, channels, imageSize, imageSize]
   */
  public ClipOutput forward(Variable pixels, Mode mode, Set<Detail> details) {
    Shape expected = Shape.of(pixels.dim(0), patches.dim(1), imageSize, imageSize);
    if (!pixels.shape().equals(expected)) {
      throw new TensorException("clip: pixels are " + pixels + "; they must be " + expected);
    }
    int batch = pixels.dim(0);
    int hidden = patches.dim(0);
    Variable classes = expand(classToken, Shape.of(batch, 1, hidden));
    Variable sequence = concat(List.of(classes, embedPatches(pixels)), 1);
    Variable places = positions.first(positions.rows());
    Variable normed = preNorm.forward(add(sequence, places));
    EncoderStates states = EncoderStates.of(encoder, normed, null, mode, details);
    Variable first = reshape(slice(states.last(), 1, 0, 1), batch, hidden);
    Variable pooled = postNorm.forward(first);
    Variable embedding = projection == null ? null : projection.forward(pooled);
    return new ClipOutput(embedding, pooled, states.last(), states.hidden(), states.maps());
  }

  /**
   * The convolution as a matrix product, patches not overlapping: [batch, channels, size, size] to
   * [batch, patches, hidden].
   */
  Variable embedPatches(Variable pixels) {
    int batch = pixels.dim(0);
    int channels = patches.dim(1);
    int patch = patches.dim(2);
    int side = imageSize / patch;
    Variable grid = reshape(pixels, batch, channels, side, patch, side, patch);
    Variable rows =
        reshape(permute(grid, 0, 2, 4, 1, 3, 5), batch, side * side, channels * patch * patch);
    return linear(rows, reshape(patches, patches.dim(0), -1), null);
  }
}
