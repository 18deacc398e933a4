package dev.weft.tensor.cpu;

import dev.weft.tensor.Contrast;
import dev.weft.tensor.Contrast.Duplicates;
import dev.weft.tensor.Tensor;

/**
 * {@link dev.weft.tensor.Backend#contrast} and its gradient, one pair after the other. Row-major [P
 * n, Q n] is [P n Q, n]: {@code line} counts the latter's rows.
 */
final class ReferenceContrast {
  private final Contrast rule;
  private final Elements x;
  private final Elements keys;
  private final int n;
  private final int blocks;

  private ReferenceContrast(Tensor logits, Contrast rule) {
    this.rule = rule;
    this.x = Elements.of(logits);
    this.keys = Elements.of(rule.keys());
    this.n = rule.count();
    this.blocks = logits.dim(1) / n;
  }

  static void logSumExp(Tensor logits, Contrast rule, Tensor out) {
    ReferenceContrast contrast = new ReferenceContrast(logits, rule);
    Elements to = Elements.of(out);
    for (int line = 0; line < to.size(); line++) {
      to.set(line, contrast.logSumExp(line));
    }
  }

  private double logSumExp(int line) {
    double[] row = new double[n];
    for (int j = 0; j < n; j++) {
      boolean zeroed = rule.duplicates() == Duplicates.ZEROED && isDuplicate(line, j);
      row[j] = isLeftOut(line, j) ? Double.NEGATIVE_INFINITY : zeroed ? 0 : x.get(line * n + j);
    }
    return Rows.logSumExp(row);
  }

  private boolean isLeftOut(int line, int j) {
    boolean self = line / blocks == line % blocks * n + j;
    return (rule.withoutSelf() && self)
        || (rule.duplicates() == Duplicates.LEFT_OUT && isDuplicate(line, j));
  }

  private boolean isDuplicate(int line, int j) {
    int i = line / blocks % n;
    return i != j && keys.getLong(i) == keys.getLong(j);
  }

  static void backward(Tensor logits, Contrast rule, Tensor logSumExp, Tensor gradOutput) {
    ReferenceContrast contrast = new ReferenceContrast(logits, rule);
    Elements y = Elements.of(logSumExp);
    Elements g = Elements.of(gradOutput);
    for (int line = 0; line < y.size(); line++) {
      contrast.backward(line, y.get(line), g.get(line));
    }
  }

  private void backward(int line, double logSumExp, double g) {
    for (int j = 0; j < n; j++) {
      boolean kept = rule.duplicates() == Duplicates.KEPT || !isDuplicate(line, j);
      // Where nothing counts, or all that does is -∞, there is no slope.
      boolean hasSlope = logSumExp != Double.NEGATIVE_INFINITY;
      boolean passes = hasSlope && kept && !isLeftOut(line, j);
      x.set(line * n + j, passes ? g * Math.exp(x.get(line * n + j) - logSumExp) : 0);
    }
  }
}
