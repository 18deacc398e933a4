package dev.weft.mp4sr.data.sample;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/** How well classes can be read off vectors by ridge regression on one-hot targets. */
final class RidgeProbe {
  private static final int FOLDS = 4;
  private static final double RIDGE = 0.01;

  private RidgeProbe() {}

  /** Share of held-out rows whose class is found, over {@value #FOLDS} folds. */
  static double accuracy(double[][] rows, int[] classes) {
    double[][] x = standardised(rows);
    int count = Arrays.stream(classes).max().orElse(0) + 1;
    int hits = 0;
    for (int fold = 0; fold < FOLDS; fold++) {
      RealMatrix weights = fit(x, classes, count, fold);
      for (int i = fold; i < x.length; i += FOLDS) {
        hits += argmax(weights.preMultiply(x[i])) == classes[i] ? 1 : 0;
      }
    }
    return hits / (double) x.length;
  }

  private static RealMatrix fit(double[][] x, int[] classes, int count, int heldOut) {
    int width = x[0].length;
    double[][] gram = new double[width][width];
    double[][] target = new double[width][count];
    for (int i = 0; i < x.length; i++) {
      if (i % FOLDS != heldOut) {
        for (int a = 0; a < width; a++) {
          target[a][classes[i]] += x[i][a];
          for (int b = 0; b < width; b++) {
            gram[a][b] += x[i][a] * x[i][b];
          }
        }
      }
    }
    for (int a = 0; a < width; a++) {
      gram[a][a] += RIDGE * x.length;
    }
    return new CholeskyDecomposition(new Array2DRowRealMatrix(gram))
        .getSolver()
        .solve(new Array2DRowRealMatrix(target));
  }

  /** Mean 0, variance 1, and a last component of 1. */
  private static double[][] standardised(double[][] rows) {
    int width = rows[0].length;
    double[][] x = new double[rows.length][width + 1];
    for (int d = 0; d < width; d++) {
      int column = d;
      double mean = Arrays.stream(rows).mapToDouble(row -> row[column]).average().orElseThrow();
      double variance =
          Arrays.stream(rows)
              .mapToDouble(row -> Math.pow(row[column] - mean, 2))
              .average()
              .orElseThrow();
      for (int i = 0; i < rows.length; i++) {
        x[i][d] = (rows[i][d] - mean) / Math.sqrt(variance + 1e-9);
        x[i][width] = 1;
      }
    }
    return x;
  }

  private static int argmax(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
