package dev.weft.bench.device;

import dev.weft.cuda.CudaBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How long the device takes, by its own clock: {@code SpeedRun FILE}. Which products and which
 * precision are the backend's ({@code -Dweft.cuda.products}, {@code -Dweft.cuda.precision}).
 */
public final class SpeedRun {
  /** A measurement that is too short is made of several calls. */
  private static final double LEAST_MILLIS = 5;

  private static final int WARM_UPS = 3;

  private SpeedRun() {}

  /**
   * One measurement.
   *
   * @param name the same as in {@code bench/peers/device.py}
   * @param millis of a call, the median of the rounds
   * @param spread the greatest of the rounds less the least, as a share of the median
   * @param rate what it makes of it
   * @param unit of the rate: TFLOP/s, GB/s, or calls a second
   */
  public record Line(String name, double millis, double spread, double rate, String unit) {}

  /** All of them. */
  public record Result(String device, String products, boolean isToy, List<Line> lines) {}

  /**
   * Something to be measured.
   *
   * @param amount floating-point operations or bytes of a call; 0: calls are counted
   * @param end gives back what no garbage collector would
   */
  record Subject(String name, double amount, String unit, Runnable work, Runnable end)
      implements AutoCloseable {
    Subject(String name, double amount, String unit, Runnable work) {
      this(name, amount, unit, work, () -> {});
    }

    @Override
    public void close() {
      end.run();
    }
  }

  /** Measures. */
  public static void main(String[] args) {
    CudaBackend backend = Part.backend();
    List<Line> lines = new ArrayList<>();
    // One after the other, so that each has the device's memory for itself.
    for (SpeedSubjects.Maker maker : SpeedSubjects.all(backend, Part.isToy())) {
      try (Subject subject = maker.make()) {
        Line line = measure(backend, subject);
        System.out.printf(
            "%-28s %10.3f ms %10.1f %s%n", line.name, line.millis, line.rate, line.unit);
        lines.add(line);
      } catch (RuntimeException e) {
        System.out.println("left out: " + e.getMessage());
      }
    }
    Part.write(args[0], new Result(backend.name(), backend.products(), Part.isToy(), lines));
  }

  private static Line measure(CudaBackend backend, Subject subject) {
    int rounds = Part.isToy() ? 1 : 15;
    for (int i = 0; i < (Part.isToy() ? 0 : WARM_UPS); i++) {
      subject.work.run();
    }
    double once = Part.isToy() ? LEAST_MILLIS : backend.millis(subject.work);
    int calls = (int) Math.clamp(Math.ceil(LEAST_MILLIS / Math.max(once, 1e-3)), 1, 1000);
    double[] millis = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      millis[round] = backend.millis(() -> repeat(calls, subject.work)) / calls;
    }
    Arrays.sort(millis);
    double median = millis[rounds / 2];
    double perSecond = 1000 / median;
    double rate =
        switch (subject.unit) {
          case "TFLOP/s" -> subject.amount * perSecond / 1e12;
          case "GB/s" -> subject.amount * perSecond / 1e9;
          default -> perSecond;
        };
    double spread = (millis[rounds - 1] - millis[0]) / median;
    return new Line(subject.name, median, spread, rate, subject.unit);
  }

  private static void repeat(int calls, Runnable work) {
    for (int i = 0; i < calls; i++) {
      work.run();
    }
  }
}
