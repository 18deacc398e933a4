package dev.weft.nn;

import dev.weft.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;

/** The layers' formulas once more, written down directly with loops over {@code double[][]}. */
public final class Reference {
  private Reference() {}

  /** A matrix, or the rows of a larger tensor, as an array of rows. */
  static double[][] rows(Tensor tensor) {
    int width = tensor.dim(-1);
    double[] flat = tensor.toDoubles();
    double[][] rows = new double[flat.length / width][width];
    for (int i = 0; i < flat.length; i++) {
      rows[i / width][i % width] = flat[i];
    }
    return rows;
  }

  static double[] flatten(double[][] rows) {
    int width = rows[0].length;
    double[] flat = new double[rows.length * width];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = rows[i / width][i % width];
    }
    return flat;
  }

  public static double[][] linear(double[][] x, Linear layer) {
    double[][] weight = rows(layer.weight().value());
    double[] bias = layer.bias() == null ? null : layer.bias().value().toDoubles();
    double[][] y = new double[x.length][weight.length];
    for (int row = 0; row < x.length; row++) {
      for (int out = 0; out < weight.length; out++) {
        y[row][out] = dot(x[row], weight[out]) + (bias == null ? 0 : bias[out]);
      }
    }
    return y;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static double[] layerNorm(double[] x, double[] gamma, double[] beta, double epsilon) {
    double mean = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    double variance = 0;
    for (double value : x) {
      variance += (value - mean) * (value - mean) / x.length;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(variance + epsilon) * gamma[i] + beta[i];
    }
    return y;
  }

  public static double[][] layerNorm(double[][] x, LayerNorm layer) {
    double[] gamma = layer.weight().value().toDoubles();
    double[] beta = layer.bias().value().toDoubles();
    double[][] y = new double[x.length][];
    for (int row = 0; row < x.length; row++) {
      y[row] = layerNorm(x[row], gamma, beta, layer.epsilon());
    }
    return y;
  }

  static double[] softmax(double[] logits) {
    double[] y = new double[logits.length];
    double total = 0;
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.exp(logits[i]);
      total += y[i];
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = total == 0 ? 0 : y[i] / total;
    }
    return y;
  }

  /** Whether a query may attend to a key. */
  public interface Mask {
    boolean allows(int query, int key);
  }

  /** One head's probabilities over one sequence, [seq][seq]. */
  static double[][] attentionMap(double[][] x, MultiHeadAttention layer, int head, Mask mask) {
    int hidden = layer.output().in();
    int width = hidden / layer.heads();
    double[][] projected = linear(x, layer.queryKeyValue());
    double[][] map = new double[x.length][x.length];
    for (int query = 0; query < x.length; query++) {
      for (int key = 0; key < x.length; key++) {
        double score = 0;
        for (int i = head * width; i < (head + 1) * width; i++) {
          score += projected[query][i] * projected[key][hidden + i];
        }
        boolean allowed = mask.allows(query, key);
        map[query][key] = allowed ? score / Math.sqrt(width) : Double.NEGATIVE_INFINITY;
      }
      map[query] = softmax(map[query]);
    }
    return map;
  }

  /** Attention over one sequence, [seq][hidden]. */
  public static double[][] attention(double[][] x, MultiHeadAttention layer, Mask mask) {
    int hidden = layer.output().in();
    int width = hidden / layer.heads();
    double[][] projected = linear(x, layer.queryKeyValue());
    double[][] mixed = new double[x.length][hidden];
    for (int head = 0; head < layer.heads(); head++) {
      double[][] map = attentionMap(x, layer, head, mask);
      for (int query = 0; query < x.length; query++) {
        for (int key = 0; key < x.length; key++) {
          for (int i = head * width; i < (head + 1) * width; i++) {
            mixed[query][i] += map[query][key] * projected[key][2 * hidden + i];
          }
        }
      }
    }
    return linear(mixed, layer.output());
  }

  public static double[][] feedForward(
      double[][] x, FeedForward layer, DoubleUnaryOperator activation) {
    double[][] inner = linear(x, layer.intermediate());
    for (double[] row : inner) {
      for (int i = 0; i < row.length; i++) {
        row[i] = activation.applyAsDouble(row[i]);
      }
    }
    return linear(inner, layer.output());
  }

  public static double[][] add(double[][] a, double[][] b) {
    double[][] sum = new double[a.length][a[0].length];
    for (int row = 0; row < a.length; row++) {
      for (int i = 0; i < sum[row].length; i++) {
        sum[row][i] = a[row][i] + b[row][i];
      }
    }
    return sum;
  }

  /** {@code x Φ(x)}, Φ by its series, which is exact enough below 6 and 1 beyond. */
  public static double gelu(double x) {
    double a = Math.min(Math.abs(x), 6) / Math.sqrt(2);
    double erf = 0;
    double term = a;
    for (int n = 0; n < 100; n++) {
      erf += term / (2 * n + 1);
      term *= -a * a / (n + 1);
    }
    double tail = (1 - erf * 2 / Math.sqrt(Math.PI)) / 2;
    return x > 0 ? x * (1 - tail) : x * tail;
  }

  static double quickGelu(double x) {
    return x / (1 + Math.exp(-1.702 * x));
  }
}
