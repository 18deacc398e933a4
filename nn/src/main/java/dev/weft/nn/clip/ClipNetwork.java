package dev.weft.nn.clip;

import dev.weft.autograd.Variable;
import dev.weft.nn.Init;
import dev.weft.nn.Module;
import dev.weft.nn.Weights;

/**
 * CLIP's two encoders and the temperature they were trained with; one encoder alone has none.
 *
 * @param text null in an image encoder alone
 * @param vision null in a text encoder alone
 * @param logitScale log of the factor on cosines, a scalar; null where an encoder is missing
 */
public record ClipNetwork(ClipTextNetwork text, ClipVisionNetwork vision, Variable logitScale)
    implements Module {

  /** What the configuration has; the factor starts at 1/0.07. */
  public static ClipNetwork create(Weights weights, ClipConfig config) {
    ClipTextNetwork text =
        config.text() == null ? null : ClipTextNetwork.create(weights.at("text"), config);
    ClipVisionNetwork vision =
        config.vision() == null ? null : ClipVisionNetwork.create(weights.at("vision"), config);
    Variable logitScale =
        text == null || vision == null
            ? null
            : weights.parameter("logitScale", new Init.Constant(Math.log(1 / 0.07)));
    return new ClipNetwork(text, vision, logitScale);
  }
}
