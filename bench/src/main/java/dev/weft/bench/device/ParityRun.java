package dev.weft.bench.device;

import dev.weft.tensor.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Pre-training and fine-tuning on {@code cuda:0} beside the processor: {@code ParityRun FILE}. Both
 * draw the same histories, weights, dropout masks and mixups, so their losses are the same numbers
 * but for the order of sums, and may part by {@value #TOLERANCE} of the loss in every step.
 */
public final class ParityRun {
  /** How far a loss may be from the processor's, as a share of it. */
  static final double TOLERANCE = 2e-3;

  private ParityRun() {}

  /** One phase: losses of each step and the greatest distance, as a share. */
  public record Curve(
      String phase, boolean agrees, double distance, double[] processor, double[] device) {}

  /** How it went. */
  public record Result(String device, String products, double tolerance, List<Curve> curves) {}

  /** Trains; the exit code is 1 where a loss is further off. */
  public static void main(String[] args) {
    boolean isToy = Part.isToy();
    TrainingCurve.Size size = isToy ? TrainingCurve.Size.tiny() : TrainingCurve.Size.small();
    int steps = isToy ? 4 : 100;
    List<Curve> curves = new ArrayList<>();
    for (TrainingCurve.Phase phase : TrainingCurve.Phase.values()) {
      double[] expected = TrainingCurve.on(Device.CPU, phase, size, 0.1).losses(steps);
      double[] actual = TrainingCurve.on(Part.CUDA, phase, size, 0.1).losses(steps);
      Curve curve = curve(phase.name().toLowerCase(Locale.ROOT), expected, actual);
      System.out.printf(
          "%s, %d steps: loss %.5f to %.5f on the processor, %.5f to %.5f on the device; furthest"
              + " %.2e, at most %.0e%n",
          curve.phase,
          steps,
          expected[0],
          expected[steps - 1],
          actual[0],
          actual[steps - 1],
          curve.distance,
          TOLERANCE);
      curves.add(curve);
    }
    Part.write(
        args[0], new Result(Part.backend().name(), Part.backend().products(), TOLERANCE, curves));
    System.exit(curves.stream().allMatch(Curve::agrees) ? 0 : 1);
  }

  private static Curve curve(String phase, double[] expected, double[] actual) {
    double distance = 0;
    boolean agrees = true;
    for (int i = 0; i < expected.length; i++) {
      double here = Math.abs(actual[i] - expected[i]) / Math.abs(expected[i]);
      agrees &= here <= TOLERANCE;
      distance = Math.max(distance, here);
    }
    return new Curve(phase, agrees, distance, expected, actual);
  }
}
