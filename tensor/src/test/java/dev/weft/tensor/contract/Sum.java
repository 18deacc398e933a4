package dev.weft.tensor.contract;

/** A sum that does not lose what it rounds off (Neumaier, 1974), to compare other sums with. */
final class Sum {
  private double total;
  private double lost;

  static double of(double... terms) {
    Sum sum = new Sum();
    for (double term : terms) {
      sum.add(term);
    }
    return sum.value();
  }

  void add(double term) {
    double next = total + term;
    lost += Math.abs(total) >= Math.abs(term) ? total - next + term : term - next + total;
    total = next;
  }

  /** The sum; NaN and infinities as plain additions give them. */
  double value() {
    return Double.isInfinite(total) || Double.isNaN(total) ? total : total + lost;
  }
}
