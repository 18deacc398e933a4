package dev.weft.tensor.cpu;

/** Rows of F64 scores in plain Java. */
final class PlainScoresF64 implements ScoreLoops<double[]> {

  @Override
  public double greatest(double[] x, int at, int n) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      greatest = Math.max(greatest, x[at + i]);
    }
    return greatest;
  }

  @Override
  public double powers(double[] x, int at, double shift, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double power = Math.exp(x[at + i] - shift);
      x[at + i] = power;
      sum += power;
    }
    return sum;
  }
}
