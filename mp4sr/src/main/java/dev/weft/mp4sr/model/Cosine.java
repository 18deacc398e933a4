package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.L2Normalize.l2Normalize;

import dev.weft.autograd.Variable;
import dev.weft.mp4sr.model.M2seConfig.Duplicates;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/**
 * What the losses on cosines share: f(s, z) = exp(cos(s, z)/τ), of which only logs are computed.
 */
final class Cosine {
  /** Stands for log 0 where gradients must stay numbers; its exp is 0 in F32 and F64. */
  static final double LOG_ZERO = -1e30;

  private static final double LEAST_LENGTH = 1e-12;

  private Cosine() {}

  /** Rows of unit length: [..., hidden]. */
  static Variable unit(Variable x) {
    return l2Normalize(x, -1, LEAST_LENGTH);
  }

  /** Pairs of different rows with the same key: BOOL [batch, batch]; null: there are none. */
  static Tensor pairs(int[] keys) {
    boolean[] same = new boolean[keys.length * keys.length];
    boolean any = false;
    for (int row = 0; row < keys.length; row++) {
      for (int column = 0; column < keys.length; column++) {
        boolean pair = row != column && keys[row] == keys[column];
        same[row * keys.length + column] = pair;
        any |= pair;
      }
    }
    return any ? Tensor.of(same, keys.length, keys.length) : null;
  }

  /** The logit of a duplicate. */
  static double logit(Duplicates duplicates) {
    return switch (duplicates) {
      case LEFT_OUT -> LOG_ZERO;
      case ZERO_LOGIT -> 0;
      case KEPT -> throw new IllegalArgumentException("kept duplicates keep their logits");
    };
  }

  /** A scalar of the type and on the device of another variable. */
  static Variable constant(Variable like, double value) {
    return Variable.of(Tensor.full(like.dtype(), Shape.of(), like.value().device(), value));
  }
}
