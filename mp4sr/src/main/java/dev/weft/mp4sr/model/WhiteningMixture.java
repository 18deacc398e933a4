package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Linear.linear;
import static dev.weft.autograd.op.Multiply.multiply;
import static dev.weft.autograd.op.Slice.slice;
import static dev.weft.autograd.op.Softmax.softmax;
import static dev.weft.autograd.op.Subtract.subtract;

import dev.weft.autograd.Variable;
import dev.weft.nn.Dropout;
import dev.weft.nn.Init;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.Weights;
import java.util.ArrayList;
import java.util.List;

/**
 * UniSRec's adaptor (Hou et al., arXiv 2206.05941, equations 2 to 5): parametric whitenings {@code
 * E_k(x) = (x - b_k) W_k}, mixed by {@code g = softmax(x W_g)}. Without the noise that the paper
 * adds to the gate in training.
 *
 * @param whitenings the experts
 * @param gate from features to one logit for each expert
 * @param dropout of the features
 */
record WhiteningMixture(List<Whitening> whitenings, Linear gate, Dropout dropout)
    implements Module {

  /**
   * One expert.
   *
   * @param shift b, [width]
   * @param weight W transposed, [hidden, width]
   */
  record Whitening(Variable shift, Variable weight) implements Module {
    Variable forward(Variable x) {
      return linear(subtract(x, shift), weight, null);
    }
  }

  static WhiteningMixture create(Weights weights, M2seConfig config, int width) {
    List<Whitening> whitenings = new ArrayList<>();
    for (int k = 0; k < config.experts(); k++) {
      Weights own = weights.at("whitenings." + k);
      whitenings.add(
          new Whitening(
              own.parameter("shift", Init.zeros(), width),
              own.parameter("weight", Init.normal(0.02), config.hiddenSize(), width)));
    }
    return new WhiteningMixture(
        List.copyOf(whitenings),
        Linear.withoutBias(weights.at("gate"), width, config.experts(), Init.zeros()),
        new Dropout(config.expertDropout()));
  }

  /** [items, width] to [items, hidden]. */
  Variable forward(Variable features, Mode mode) {
    Variable x = dropout.forward(features, mode);
    Variable gates = softmax(gate.forward(features), -1);
    Variable mixed = null;
    for (int k = 0; k < whitenings.size(); k++) {
      Variable part = multiply(whitenings.get(k).forward(x), slice(gates, 1, k, k + 1));
      mixed = mixed == null ? part : add(mixed, part);
    }
    return mixed;
  }
}
