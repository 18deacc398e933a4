package dev.weft.mp4sr.train;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.GradientClipping;
import dev.weft.autograd.optim.Optimizer;
import dev.weft.mp4sr.model.TrainingBatch;
import dev.weft.mp4sr.model.TrainingTask;
import dev.weft.nn.Mode;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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
   * is not finite, the parameters stay as they were. All numbers are read at once, so that a device
   * is waited for once.
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
    try (var _ = Scope.open()) {
      Map<String, Tensor> parts = new LinkedHashMap<>();
      parts.put(LOSS, null); // first in order
      Variable loss = task.loss(batch, mode, parts::put);
      parts.put(LOSS, loss.value());
      loss.backward();
      TrainingStep made = read(parts, GradientClipping.sumsOfSquares(parameters));
      if (made.isFinite()) {
        double limit = clipNorm == 0 ? Double.POSITIVE_INFINITY : clipNorm;
        GradientClipping.scaleTo(parameters, made.gradientNorm(), limit);
        optimizer.step();
      }
      return made;
    } finally {
      optimizer.zeroGrad();
    }
  }

  private static TrainingStep read(Map<String, Tensor> parts, List<Tensor> sumsOfSquares) {
    List<Tensor> all = new ArrayList<>();
    parts.values().forEach(part -> all.add(part.reshape(1)));
    all.addAll(sumsOfSquares);
    double[] numbers = Ops.concat(all, 0).toDoubles();
    Map<String, Double> losses = new LinkedHashMap<>();
    for (String name : parts.keySet()) {
      losses.put(name, numbers[losses.size()]);
    }
    double[] squares = Arrays.copyOfRange(numbers, losses.size(), numbers.length);
    return new TrainingStep(losses, GradientClipping.norm(squares));
  }

  boolean isFinite() {
    return Double.isFinite(gradientNorm)
        && losses.values().stream().allMatch(loss -> Double.isFinite(loss));
  }

  /** What is not finite, for people. */
  String problem() {
    return losses.values().stream().allMatch(loss -> Double.isFinite(loss))
        ? "the gradients' norm is " + gradientNorm + " with losses " + losses
        : "a loss is not finite: " + losses;
  }
}
