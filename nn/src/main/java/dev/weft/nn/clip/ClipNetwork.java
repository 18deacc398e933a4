package dev.weft.nn.clip;

import dev.weft.autograd.Variable;
import dev.weft.nn.Init;
import dev.weft.nn.Module;
import dev.weft.nn.Weights;

/**
 * CLIP's two encoders and the temperature they were trained with.
 *
 * @param logitScale log of the factor on cosines, a scalar
 */
public record ClipNetwork(ClipTextNetwork text, ClipVisionNetwork vision, Variable logitScale)
    implements Module {

  /** The whole network; the factor starts at 1/0.07. */
  public static ClipNetwork create(Weights weights, ClipConfig config) {
    return new ClipNetwork(
        ClipTextNetwork.create(weights.at("text"), config),
        ClipVisionNetwork.create(weights.at("vision"), config),
        weights.parameter("logitScale", new Init.Constant(Math.log(1 / 0.07))));
  }
}
