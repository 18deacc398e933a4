package dev.weft.tensor.cpu;

/** Rows of F32 scores in plain Java. */
final class PlainScoresF32 implements ScoreLoops<float[]> {

  @Override
  public double greatest(float[] x, int at, int n) {
    float greatest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      greatest = Math.max(greatest, x[at + i]);
    }
    return greatest;
  }

  @Override
  public double powers(float[] x, int at, double shift, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      float power = (float) Math.exp(x[at + i] - shift);
      x[at + i] = power;
      sum += power;
    }
    return sum;
  }
}
