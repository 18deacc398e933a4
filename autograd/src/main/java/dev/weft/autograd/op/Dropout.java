package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Tensor;

/**
 * Inverted dropout (Srivastava et al., JMLR 15, 2014): {@code y = x m / (1 - p)} with a random mask
 * {@code m} that is 0 with probability p; {@code dx = g m / (1 - p)}. The mask is not kept: the
 * same key makes it again.
 */
public final class Dropout {
  private Dropout() {}

  /**
   * Zeroes elements at random and scales the others up; of x's shape.
   *
   * @param probability of zeroing, in [0, 1); 0 gives {@code x} itself
   * @param key names the mask
   */
  public static Variable dropout(Variable x, double probability, RandomKey key) {
    if (probability == 0) {
      return x;
    }
    return Graph.record(
        "dropout",
        Ops.dropout(x.value(), probability, key),
        (g, needed) -> new Tensor[] {Ops.dropout(g, probability, key)},
        x);
  }
}
