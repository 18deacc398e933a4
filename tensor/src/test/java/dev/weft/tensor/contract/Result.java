package dev.weft.tensor.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Arrays;

/**
 * Where a primitive writes: a contiguous tensor in the middle of a longer storage, so that a write
 * outside it is noticed.
 */
final class Result {
  private static final int MARGIN = 5;
  private static final double GUARD = 77;

  private final Subject subject;
  private final Tensor whole;
  private final Tensor tensor;

  private Result(Subject subject, Tensor whole, Tensor tensor) {
    this.subject = subject;
    this.whole = whole;
    this.tensor = tensor;
  }

  static Result of(Subject subject, Shape shape) {
    return of(subject, subject.dtype(), shape);
  }

  static Result of(Subject subject, DType dtype, Shape shape) {
    double[] guarded = new double[shape.numel() + 2 * MARGIN];
    Arrays.fill(guarded, GUARD);
    return holding(subject, dtype, guarded, shape);
  }

  /** For what is changed in place. */
  static Result holding(Subject subject, double[] values, Shape shape) {
    double[] guarded = new double[shape.numel() + 2 * MARGIN];
    Arrays.fill(guarded, GUARD);
    System.arraycopy(values, 0, guarded, MARGIN, values.length);
    return holding(subject, subject.dtype(), guarded, shape);
  }

  private static Result holding(Subject subject, DType dtype, double[] guarded, Shape shape) {
    Tensor whole = subject.tensor(dtype, guarded, Shape.of(guarded.length));
    return new Result(subject, whole, Tensor.over(whole.storage(), shape, MARGIN));
  }

  Tensor tensor() {
    return tensor;
  }

  /** What was written; fails if anything was written beside it. */
  double[] values() {
    double[] all = subject.read(whole);
    int end = all.length - MARGIN;
    double guard = whole.dtype() == DType.BOOL ? 1 : GUARD;
    for (int i = 0; i < MARGIN; i++) {
      assertEquals(guard, all[i], "written before the result");
      assertEquals(guard, all[end + i], "written after the result");
    }
    return Arrays.copyOfRange(all, MARGIN, end);
  }
}
