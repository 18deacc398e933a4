package dev.weft.autograd.optim;

import dev.weft.tensor.TensorException;

/**
 * The learning rate over time. Before each step: {@code
 * optimizer.setLearningRate(schedule.learningRate(stepsDone))}.
 */
@FunctionalInterface
public interface Schedule {

  /**
   * The rate of a step.
   *
   * @param stepsDone number of steps made before it, from 0
   */
  double learningRate(long stepsDone);

  /** Always the same. */
  static Schedule constant(double learningRate) {
    return stepsDone -> learningRate;
  }

  /** Rises evenly to {@code peak} in {@code warmUpSteps} steps and stays there. */
  static Schedule warmUp(double peak, long warmUpSteps) {
    return stepsDone -> peak * Math.min(1.0, (stepsDone + 1.0) / Math.max(1, warmUpSteps));
  }

  /**
   * Rises evenly to {@code peak} in {@code warmUpSteps} steps, then falls evenly to reach 0 after
   * {@code totalSteps}.
   */
  static Schedule linear(double peak, long warmUpSteps, long totalSteps) {
    Schedule rise = warmUp(peak, warmUpSteps);
    checkOrder(warmUpSteps, totalSteps);
    return stepsDone ->
        stepsDone < warmUpSteps
            ? rise.learningRate(stepsDone)
            : peak * (1 - progress(stepsDone, warmUpSteps, totalSteps));
  }

  /**
   * Rises evenly to {@code peak} in {@code warmUpSteps} steps, then falls along half a cosine to
   * reach 0 after {@code totalSteps} (Loshchilov and Hutter, arXiv 1608.03983, without restarts).
   */
  static Schedule cosine(double peak, long warmUpSteps, long totalSteps) {
    Schedule rise = warmUp(peak, warmUpSteps);
    checkOrder(warmUpSteps, totalSteps);
    return stepsDone ->
        stepsDone < warmUpSteps
            ? rise.learningRate(stepsDone)
            : peak / 2 * (1 + Math.cos(Math.PI * progress(stepsDone, warmUpSteps, totalSteps)));
  }

  private static double progress(long stepsDone, long warmUpSteps, long totalSteps) {
    double length = Math.max(1, totalSteps - warmUpSteps);
    return Math.min(1.0, (stepsDone - warmUpSteps) / length);
  }

  private static void checkOrder(long warmUpSteps, long totalSteps) {
    if (warmUpSteps < 0 || totalSteps < warmUpSteps) {
      throw new TensorException(
          "schedule: " + warmUpSteps + " steps of warm-up in " + totalSteps + " altogether");
    }
  }
}
