package dev.weft.mp4sr.train;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.GradientClipping;
import dev.weft.autograd.optim.Optimizer;
import dev.weft.mp4sr.model.TrainingBatch;
import dev.weft.mp4sr.model.TrainingTask;
import dev.weft.nn.Mode;
import dev.weft.tensor.Scope;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one step came to.
 *
 * @param losses the loss, under {@code loss}, and its components
 * @param gradientNorm before clipping
 */
record TrainingStep(Map<String, Double> losses, double gradientNorm) {
  static final String LOSS = "loss";

  /**
   * Loss, gradients, update; everything allocated on the way is recycled at the end. Where a number
   * is not finite, the parameters stay as they were.
   *
   * @param clipNorm 0 for no clipping
   */
  static TrainingStep make(
      TrainingTask task,
      Collection<Variable> parameters,
      TrainingBatch batch,
      Mode mode,
      Optimizer optimizer,
      double clipNorm) {
    Map<String, Double> losses = new LinkedHashMap<>();
    try (var _ = Scope.open()) {
      losses.put(LOSS, Double.NaN); // first in order
      Variable loss = task.loss(batch, mode, losses::put);
      losses.put(LOSS, loss.value().item());
      TrainingStep made = new TrainingStep(losses, 0);
      if (made.isFinite()) {
        loss.backward();
        double limit = clipNorm == 0 ? Double.POSITIVE_INFINITY : clipNorm;
        made = new TrainingStep(losses, GradientClipping.clipNorm(parameters, limit));
      }
      if (made.isFinite()) {
        optimizer.step();
      }
      return made;
    } finally {
      optimizer.zeroGrad();
    }
  }

  boolean isFinite() {
    return Double.isFinite(gradientNorm)
        && losses.values().stream().allMatch(loss -> Double.isFinite(loss));
  }

  /** What is not finite, for people. */
  String problem() {
    return Double.isFinite(gradientNorm)
        ? "a loss is not finite: " + losses
        : "the gradients' norm is " + gradientNorm + " with losses " + losses;
  }
}
