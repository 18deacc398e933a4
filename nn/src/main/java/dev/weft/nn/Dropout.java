package dev.weft.nn;

import static dev.weft.autograd.op.Dropout.dropout;

import dev.weft.autograd.Variable;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.TensorException;

/**
 * Inverted dropout: in training each element becomes 0 with the given probability and the others
 * grow by {@code 1 / (1 - probability)}; in inference nothing happens.
 *
 * @param probability of [0, 1)
 */
public record Dropout(double probability) implements Module {

  /** Checks the range. */
  public Dropout {
    if (!(probability >= 0 && probability < 1)) {
      throw new TensorException("dropout: probability " + probability + " is not in [0, 1)");
    }
  }

  /** [...] to the same. */
  public Variable forward(Variable x, Mode mode) {
    RandomKey key = key(mode);
    return key == null ? x : dropout(x, probability, key);
  }

  /** The key of this draw; null where nothing is to be dropped, and then nothing is drawn. */
  RandomKey key(Mode mode) {
    return mode.isTraining() && probability > 0 ? mode.random().nextKey() : null;
  }
}
