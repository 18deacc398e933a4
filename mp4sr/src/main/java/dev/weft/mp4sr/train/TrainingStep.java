package dev.weft.mp4sr.train;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.GradientClipping;
import dev.weft.autograd.optim.Optimizer;
import dev.weft.mp4sr.model.TrainingBatch;
import dev.weft.mp4sr.model.TrainingTask;
import dev.weft.nn.Mode;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
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
   * is not finite, the parameters stay as they were. All numbers are read at once, when everything
   * has been asked for, so that a device is waited for once and never waits.
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
      Tensor norm = GradientClipping.norm(parameters);
      Tensor numbers = together(parts.values(), norm);
      double limit = clipNorm == 0 ? Double.POSITIVE_INFINITY : clipNorm;
      // 0 times what is not finite is NaN, and that is no step.
      Tensor check = Ops.sum(Ops.multiply(numbers, 0), true);
      optimizer.step(Ops.add(GradientClipping.factor(norm, limit), check));
      return of(parts.keySet(), numbers.toDoubles());
    } finally {
      optimizer.zeroGrad();
    }
  }

  /** The losses and the norm, [losses + 1], F64. */
  private static Tensor together(Collection<Tensor> losses, Tensor norm) {
    Tensor all = Tensor.empty(DType.F64, Shape.of(losses.size() + 1), norm.device());
    int at = 0;
    for (Tensor loss : losses) {
      Ops.copyInto(all.slice(0, at, ++at), loss.reshape(1));
    }
    Ops.copyInto(all.slice(0, at, at + 1), norm);
    return all;
  }

  private static TrainingStep of(Collection<String> names, double[] numbers) {
    Map<String, Double> losses = new LinkedHashMap<>();
    for (String name : names) {
      losses.put(name, numbers[losses.size()]);
    }
    return new TrainingStep(losses, numbers[losses.size()]);
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
