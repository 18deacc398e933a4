package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Concat.concat;
import static dev.weft.autograd.op.LogSumExp.logSumExp;
import static dev.weft.autograd.op.Mean.mean;
import static dev.weft.autograd.op.Multiply.multiply;
import static dev.weft.autograd.op.Scale.scale;
import static dev.weft.autograd.op.Slice.slice;
import static dev.weft.autograd.op.Subtract.subtract;
import static dev.weft.autograd.op.Sum.sum;

import dev.weft.autograd.Variable;
import dev.weft.mp4sr.model.M2seConfig.CmclForm;
import java.util.List;

/**
 * Cross-modality contrastive learning (MP4SR, L_CMCL) in one space: the two sequences a_j and b_j
 * of one history belong together, those of other histories do not.
 *
 * <pre>{@code
 * l_1 = - log f(a_j, b_j) / (Σ_j' f(a_j, b_j') + Σ_{j'≠j} f(a_j, a_j'))
 * l_2 = - log f(a_j, b_j) / (Σ_j' f(a_j, b_j') + Σ_{j'≠j} f(b_j, b_j'))
 * L = (mean l_1 + mean l_2) / 2
 * }</pre>
 *
 * <p>or, mirror-symmetric, with Σ f(b_j, a_j') in l_2.
 */
final class CrossModalityContrast {
  private CrossModalityContrast() {}

  /**
   * The loss in one space, a scalar.
   *
   * @param a [batch, hidden]
   * @param b [batch, hidden]
   * @param temperature τ
   */
  static Variable loss(
      Variable a, Variable b, double temperature, CmclForm form, Negatives negatives) {
    int batch = negatives.batch();
    Variable unit = Cosine.unit(concat(List.of(a, b), 0));
    Variable scaled = scale(unit, 1 / temperature);
    // All four blocks at once: [[aa, ab], [ba, bb]].
    Variable sums = negatives.logSumExpOfProducts(scaled, unit, true);
    Variable first = slice(sums, 0, 0, batch);
    Variable second = slice(sums, 0, batch, 2 * batch);
    if (form == CmclForm.REFERENCE) {
      second = concat(List.of(slice(first, 1, 1, 2), slice(second, 1, 1, 2)), 1);
    }
    Variable own =
        sum(multiply(slice(scaled, 0, 0, batch), slice(unit, 0, batch, 2 * batch)), false, -1);
    Variable both = scale(add(logSumExp(first, -1), logSumExp(second, -1)), 0.5);
    return mean(subtract(both, own), false);
  }
}
