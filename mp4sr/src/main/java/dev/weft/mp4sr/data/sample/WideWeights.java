package dev.weft.mp4sr.data.sample;

import dev.weft.autograd.Variable;
import dev.weft.nn.Init;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Tensor;

/**
 * Random parameters with a signal worth having: matrices N(0, gain²/fan-in), so that layers keep
 * the variance of what they read, where the usual N(0, 0.02²) would drown it in the residual
 * stream. Tokens are told apart (N(0, 1)); positions and segments hardly matter.
 */
record WideWeights(RandomSource random, Gains gains) implements Weights {
  /**
   * How strongly the parts of an encoder speak.
   *
   * @param tokens standard deviation of token embeddings
   * @param positions standard deviation of position and segment embeddings and of the class token
   * @param attend gain of queries and keys: small means to look everywhere alike
   * @param carry gain of values and of what attention puts out
   * @param transform gain of the feed-forward network
   * @param patches gain of the embedding of patches
   */
  record Gains(
      double tokens,
      double positions,
      double attend,
      double carry,
      double transform,
      double patches) {}

  @Override
  public Variable parameter(String name, Init init, int... dims) {
    Weights plain = Weights.random(dtype(), random);
    if (!(init instanceof Init.Normal)) {
      return plain.parameter(name, init, dims);
    }
    Variable parameter = plain.parameter(name, Init.normal(deviation(name, dims)), dims);
    if (name.contains("queryKeyValue")) {
      calm(parameter.value(), dims[0] / 3 * 2);
    }
    return parameter;
  }

  /** Gives the rows that make queries and keys their own gain. */
  private void calm(Tensor queryKeyValue, int rows) {
    Tensor part = queryKeyValue.slice(0, 0, rows);
    Ops.copyInto(part, Ops.multiply(part, gains.attend() / gains.carry()));
  }

  private double deviation(String name, int[] dims) {
    int fanIn = 1;
    for (int axis = 1; axis < dims.length; axis++) {
      fanIn *= dims[axis];
    }
    double unit = 1 / Math.sqrt(fanIn);
    if (name.contains("words.") || name.contains("tokens.")) {
      return gains.tokens();
    }
    if (name.contains("positions") || name.contains("segments") || name.contains("classToken")) {
      return gains.positions();
    }
    if (name.endsWith("patches")) {
      return gains.patches() * unit;
    }
    if (name.contains("queryKeyValue") || name.contains("attention.output")) {
      return gains.carry() * unit;
    }
    return name.contains("feedForward") ? gains.transform() * unit : unit;
  }

  @Override
  public DType dtype() {
    return DType.F32;
  }
}
