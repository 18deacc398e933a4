package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Concat.concat;
import static dev.weft.autograd.op.LogSumExp.logSumExp;
import static dev.weft.autograd.op.Mean.mean;
import static dev.weft.autograd.op.Multiply.multiply;
import static dev.weft.autograd.op.Reshape.reshape;
import static dev.weft.autograd.op.Scale.scale;
import static dev.weft.autograd.op.Subtract.subtract;
import static dev.weft.autograd.op.Sum.sum;

import dev.weft.autograd.Variable;
import java.util.List;

/**
 * Modality-specific next-item prediction with in-batch negatives (MP4SR, L_NIP), in one space: with
 * sequences m and m', and z_j the next item of row j,
 *
 * <pre>{@code
 * L = - mean_j log [ (f(m_j, z_j) + f(m'_j, z_j)) / Σ_j' (f(m_j, z_j') + f(m'_j, z_j')) ]
 * }</pre>
 *
 * <p>computed as a difference of two log-sum-exps, so that a small τ stays finite.
 */
final class NextItemPrediction {
  private NextItemPrediction() {}

  /**
   * The loss in one space, a scalar.
   *
   * @param sequences m and m', or m alone: each [batch, hidden]
   * @param targets z, [batch, hidden]
   * @param temperature τ
   */
  static Variable loss(
      List<Variable> sequences, Variable targets, double temperature, Negatives negatives) {
    int count = sequences.size();
    int batch = negatives.batch();
    Variable z = Cosine.unit(targets);
    Variable stacked = count == 1 ? sequences.get(0) : concat(sequences, 0);
    Variable m = scale(Cosine.unit(stacked), 1 / temperature);
    Variable sums = negatives.logSumExpOfProducts(m, z, false);
    Variable all = overSequences(reshape(sums, count, batch));
    Variable own = sum(multiply(reshape(m, count, batch, -1), z), false, -1);
    return mean(subtract(all, overSequences(own)), false);
  }

  /** The log of a sum over the sequences: [count, batch] to [batch]. */
  private static Variable overSequences(Variable logs) {
    return logs.dim(0) == 1 ? reshape(logs, logs.dim(1)) : logSumExp(logs, 0);
  }
}
