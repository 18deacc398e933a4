package dev.weft.tensor.contract;

import dev.weft.tensor.Philox;
import dev.weft.tensor.RandomKey;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Attention of one head, written out once more from its definition in double precision; beside each
 * number the magnitude of what was added up for it.
 */
final class AttentionFormula {
  /** What a weight may be off, however small: powers below the least normal number are 0. */
  private static final double TINY = 1e-30;

  private final double[][] q;
  private final double[][] k;
  private final double[][] v;
  private final boolean[][] attends;
  private final double scale;
  private final double[][] kept;

  /** Of all scores' terms the greatest sum of magnitudes: their error is relative to it. */
  private double size;

  AttentionFormula(
      double[][] q,
      double[][] k,
      double[][] v,
      boolean[][] attends,
      double scale,
      double[][] kept) {
    this.q = q;
    this.k = k;
    this.v = v;
    this.attends = attends;
    this.scale = scale;
    this.kept = kept;
  }

  /** What dropout multiplies each of a head's weights by. */
  static double[][] kept(RandomKey key, double probability, long first, int rows, int columns) {
    double[][] factors = new double[rows][columns];
    for (int i = 0; i < rows * columns; i++) {
      boolean drops = key != null && Philox.uniform(key, first + i) < probability;
      factors[i / columns][i % columns] = drops ? 0 : key == null ? 1 : 1 / (1 - probability);
    }
    return factors;
  }

  /** Results with the magnitudes that their errors are relative to. */
  record Numbers(double[][] values, double[][] magnitudes) {
    static Numbers of(int rows, int columns) {
      return new Numbers(new double[rows][columns], new double[rows][columns]);
    }

    void add(int row, int column, double term, double magnitude) {
      values[row][column] += term;
      magnitudes[row][column] += magnitude;
    }
  }

  double[][] scores() {
    double[][] scores = new double[q.length][k.length];
    for (int i = 0; i < q.length; i++) {
      for (int j = 0; j < k.length; j++) {
        scores[i][j] = Double.NEGATIVE_INFINITY;
        if (attends[i][j]) {
          double[] a = q[i];
          double[] b = k[j];
          double[] terms = IntStream.range(0, a.length).mapToDouble(p -> a[p] * b[p]).toArray();
          scores[i][j] = scale * Sum.of(terms);
          size = Math.max(size, Math.abs(scale) * Arrays.stream(terms).map(Math::abs).sum());
        }
      }
    }
    return scores;
  }

  double[] logSumExps() {
    return Arrays.stream(scores()).mapToDouble(AttentionFormula::logSumExp).toArray();
  }

  private static double logSumExp(double[] row) {
    double max = Arrays.stream(row).reduce(Double.NEGATIVE_INFINITY, Math::max);
    if (Double.isInfinite(max)) {
      return max;
    }
    return max
        + StrictMath.log(Sum.of(Arrays.stream(row).map(x -> StrictMath.exp(x - max)).toArray()));
  }

  double[][] weights() {
    double[][] weights = scores();
    for (double[] row : weights) {
      double total = logSumExp(row);
      for (int j = 0; j < row.length; j++) {
        row[j] = total == Double.NEGATIVE_INFINITY ? 0 : StrictMath.exp(row[j] - total);
      }
    }
    return weights;
  }

  /** How many roundoffs of its magnitude a weight's own error is. */
  double size() {
    return 1 + size;
  }

  Numbers output(int width) {
    double[][] weights = weights();
    Numbers out = Numbers.of(q.length, width);
    for (int i = 0; i < q.length; i++) {
      for (int j = 0; j < k.length; j++) {
        for (int c = 0; c < width; c++) {
          double term = weights[i][j] * kept[i][j] * v[j][c];
          out.add(i, c, term, (weights[i][j] + TINY) * Math.abs(kept[i][j] * v[j][c]) * size());
        }
      }
    }
    return out;
  }

  /** dq, dk and dv. */
  Numbers[] gradients(double[][] g, int width, int valueWidth) {
    double[][] weights = weights();
    Numbers dq = Numbers.of(q.length, width);
    Numbers dk = Numbers.of(k.length, width);
    Numbers dv = Numbers.of(k.length, valueWidth);
    for (int i = 0; i < q.length; i++) {
      double[] dWeights = new double[k.length];
      double[] sizes = new double[k.length];
      double inner = 0;
      double innerSize = 0;
      for (int j = 0; j < k.length; j++) {
        for (int c = 0; c < valueWidth; c++) {
          double term = weights[i][j] * kept[i][j] * g[i][c];
          dv.add(j, c, term, (weights[i][j] + TINY) * Math.abs(kept[i][j] * g[i][c]) * size());
          dWeights[j] += kept[i][j] * g[i][c] * v[j][c];
          sizes[j] += Math.abs(kept[i][j] * g[i][c] * v[j][c]);
        }
        inner += weights[i][j] * dWeights[j];
        innerSize += weights[i][j] * sizes[j];
      }
      for (int j = 0; j < k.length; j++) {
        double dScore = scale * weights[i][j] * (dWeights[j] - inner);
        double dSize = Math.abs(scale) * (weights[i][j] + TINY) * (sizes[j] + innerSize) * size();
        for (int c = 0; c < width; c++) {
          dq.add(i, c, dScore * k[j][c], Math.abs(dSize * k[j][c]));
          dk.add(j, c, dScore * q[i][c], Math.abs(dSize * q[i][c]));
        }
      }
    }
    return new Numbers[] {dq, dk, dv};
  }
}
