package dev.weft.tensor.cpu;

/**
 * The error function in double precision: a Taylor series where |x| is small, Lentz's continued
 * fraction for erfc elsewhere (Abramowitz and Stegun, 7.1.6 and 7.1.14). Relative error below 1e-14
 * for erf, and for erfc while it does not underflow; readable rather than fast.
 */
final class Erf {
  private static final double SERIES_LIMIT = 2.0;

  /** Beyond this erfc is less than the least double. */
  private static final double UNDERFLOW = 28.0;

  private static final double TINY = 1e-300;
  private static final double EPSILON = 1e-17;

  private Erf() {}

  static double erf(double x) {
    double magnitude = Math.abs(x);
    if (magnitude < SERIES_LIMIT) {
      return series(x);
    }
    return Double.isNaN(x) ? x : Math.copySign(1 - fraction(magnitude), x);
  }

  static double erfc(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    if (x < SERIES_LIMIT) {
      return x > -SERIES_LIMIT ? 1 - series(x) : 2 - fraction(-x);
    }
    return fraction(x);
  }

  /** {@code 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1))}: all terms positive, nothing cancels. */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > EPSILON * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  /** erfc for x ≥ 2: {@code e^(-x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …))))}. */
  private static double fraction(double x) {
    if (x > UNDERFLOW) {
      return 0;
    }
    double f = x;
    double c = x;
    double d = 0;
    for (int n = 1; n < 500; n++) {
      double a = 0.5 * n;
      d = 1 / Math.max(x + a * d, TINY);
      c = x + a / c;
      double change = c * d;
      f *= change;
      if (Math.abs(change - 1) < 1e-16) {
        break;
      }
    }
    return Math.exp(-x * x) / (Math.sqrt(Math.PI) * f);
  }
}
