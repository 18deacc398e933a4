package dev.weft.tensor.cpu;

import dev.weft.tensor.ReduceOp;

/**
 * Folds of F32, in four interleaved strands: independent additions overlap in the processor, where
 * one strand would wait for each. Sums are kept in double precision, which costs a scalar loop
 * nothing and keeps the mean of a long row exact.
 */
final class PlainFoldsF32 implements FoldLoops<float[]> {

  @Override
  public double fold(ReduceOp op, float[] x, int xAt, int n) {
    return switch (op) {
      case SUM -> sum(x, xAt, n);
      case MAX -> max(x, xAt, n);
      case MIN -> min(x, xAt, n);
    };
  }

  private static double sum(float[] x, int xAt, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      s0 += x[xAt + i];
      s1 += x[xAt + i + 1];
      s2 += x[xAt + i + 2];
      s3 += x[xAt + i + 3];
    }
    for (; i < n; i++) {
      s0 += x[xAt + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  private static double max(float[] x, int xAt, int n) {
    float greatest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      greatest = Math.max(greatest, x[xAt + i]);
    }
    return greatest;
  }

  private static double min(float[] x, int xAt, int n) {
    float least = Float.POSITIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      least = Math.min(least, x[xAt + i]);
    }
    return least;
  }

  @Override
  public double greatest(float[] x, int xAt, int n) {
    float greatest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      greatest = x[xAt + i] > greatest ? x[xAt + i] : greatest;
    }
    return greatest;
  }

  @Override
  public double dot(float[] a, int aAt, float[] b, int bAt, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      s0 += (double) a[aAt + i] * b[bAt + i];
      s1 += (double) a[aAt + i + 1] * b[bAt + i + 1];
      s2 += (double) a[aAt + i + 2] * b[bAt + i + 2];
      s3 += (double) a[aAt + i + 3] * b[bAt + i + 3];
    }
    for (; i < n; i++) {
      s0 += (double) a[aAt + i] * b[bAt + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  public double squaredDistance(float[] x, int xAt, double centre, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      s0 += square(x[xAt + i] - centre);
      s1 += square(x[xAt + i + 1] - centre);
      s2 += square(x[xAt + i + 2] - centre);
      s3 += square(x[xAt + i + 3] - centre);
    }
    for (; i < n; i++) {
      s0 += square(x[xAt + i] - centre);
    }
    return (s0 + s1) + (s2 + s3);
  }

  private static double square(double value) {
    return value * value;
  }
}
