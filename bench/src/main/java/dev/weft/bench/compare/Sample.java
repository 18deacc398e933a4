package dev.weft.bench.compare;

/**
 * What engines tell each other of a result, which may have tens of millions of numbers: some of
 * them, evenly spread, and the root of the mean of all squares as the scale of a difference.
 */
record Sample(int length, double scale, float[] values) {
  private static final int MOST = 4099;

  static Sample of(float[] result) {
    double squares = 0;
    for (float value : result) {
      squares += (double) value * value;
    }
    double scale = Math.sqrt(squares / Math.max(1, result.length));
    int count = Math.min(MOST, result.length);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = result[(int) ((long) i * result.length / count)];
    }
    return new Sample(result.length, scale, values);
  }

  /** The greatest difference in units of the scale; infinite where lengths differ or a NaN is. */
  double differenceFrom(Sample other) {
    if (length != other.length) {
      return Double.POSITIVE_INFINITY;
    }
    double greatest = 0;
    for (int i = 0; i < values.length; i++) {
      double difference = Math.abs((double) values[i] - other.values[i]);
      if (Double.isNaN(difference)) {
        return Double.POSITIVE_INFINITY;
      }
      greatest = Math.max(greatest, difference);
    }
    return greatest == 0 ? 0 : greatest / Math.max(scale, other.scale);
  }
}
