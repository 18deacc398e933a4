package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.L2Normalize.l2Normalize;

import dev.weft.autograd.Variable;

/**
 * What the losses on cosines share: f(s, z) = exp(cos(s, z)/τ), of which only logs are computed.
 */
final class Cosine {
  private static final double LEAST_LENGTH = 1e-12;

  private Cosine() {}

  /** Rows of unit length: [..., hidden]. */
  static Variable unit(Variable x) {
    return l2Normalize(x, -1, LEAST_LENGTH);
  }
}
