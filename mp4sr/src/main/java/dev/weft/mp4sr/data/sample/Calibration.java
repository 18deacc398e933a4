package dev.weft.mp4sr.data.sample;

import dev.weft.nn.LayerNorm;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Data-dependent initialisation. An encoder with random weights maps everything into a narrow cone,
 * and what varies most in it is of no use, such as where a stripe begins. So its last layer norm
 * and its projection are set, in closed form and without labels, from what it makes of given data:
 * mean zero, and the same variance in each of a few directions. In the spirit of Krähenbühl et al.,
 * "Data-dependent initializations of convolutional neural networks" (arXiv 1511.06856).
 */
final class Calibration {
  private static final double RIDGE = 1e-3;

  private Calibration() {}

  /**
   * Sets a last norm so that each component of {@code outputs}, made with it, has mean 0, variance
   * 1.
   */
  static void standardise(LayerNorm last, Tensor outputs) {
    RealMatrix x = matrix(outputs);
    float[] weight = last.weight().value().toFloats();
    float[] bias = last.bias().value().toFloats();
    for (int d = 0; d < weight.length; d++) {
      double[] column = x.getColumn(d);
      double mean = mean(column);
      double variance = 0;
      for (double value : column) {
        variance += (value - mean) * (value - mean) / column.length;
      }
      double scale = 1 / Math.sqrt(variance + 1e-12);
      weight[d] *= (float) scale;
      bias[d] = (float) ((bias[d] - mean) * scale);
    }
    set(last.weight().value(), weight);
    set(last.bias().value(), bias);
  }

  /**
   * The principal directions of centred {@code outputs}, scaled to variance 1: [directions, width].
   */
  static RealMatrix principal(Tensor outputs, int directions) {
    return whitening(covariance(matrix(outputs)), directions, 0);
  }

  /**
   * The directions in which things differ much from each other and little from their own variants,
   * scaled to variance 1: Fisher's criterion, each thing a class of its own.
   *
   * @param variants of the same things, each [things, width], centred
   * @return [directions, width]
   */
  static RealMatrix steady(List<Tensor> variants, int directions) {
    List<RealMatrix> views = new ArrayList<>();
    variants.forEach(variant -> views.add(matrix(variant)));
    RealMatrix mean = views.getFirst().scalarMultiply(0);
    for (RealMatrix view : views) {
      mean = mean.add(view.scalarMultiply(1.0 / views.size()));
    }
    RealMatrix within = covariance(views.getFirst().subtract(mean)).scalarMultiply(0);
    for (RealMatrix view : views) {
      within = within.add(covariance(view.subtract(mean)).scalarMultiply(1.0 / views.size()));
    }
    int width = within.getColumnDimension();
    RealMatrix still = whitening(within, width, RIDGE * within.getTrace() / width);
    RealMatrix between = still.multiply(covariance(mean)).multiply(still.transpose());
    return whitening(between, directions, 0).multiply(still);
  }

  /** Rows {@code eigenvector / √(eigenvalue + ridge)}, greatest eigenvalue first. */
  private static RealMatrix whitening(RealMatrix covariance, int directions, double ridge) {
    SingularValueDecomposition svd = new SingularValueDecomposition(covariance);
    RealMatrix rows = MatrixUtils.createRealMatrix(directions, covariance.getColumnDimension());
    for (int k = 0; k < directions; k++) {
      double scale = 1 / Math.sqrt(svd.getSingularValues()[k] + ridge + 1e-12);
      rows.setRowVector(k, svd.getU().getColumnVector(k).mapMultiply(scale));
    }
    return rows;
  }

  /** N(0, 1/rows): columns of about length 1, nearly at right angles. */
  static RealMatrix turn(int rows, int columns, Random random) {
    RealMatrix turn = MatrixUtils.createRealMatrix(rows, columns);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        turn.setEntry(row, column, random.nextGaussian() / Math.sqrt(rows));
      }
    }
    return turn;
  }

  private static RealMatrix covariance(RealMatrix centred) {
    return centred.transpose().multiply(centred).scalarMultiply(1.0 / centred.getRowDimension());
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static RealMatrix matrix(Tensor tensor) {
    double[] values = tensor.toDoubles();
    int width = tensor.dim(1);
    RealMatrix matrix = MatrixUtils.createRealMatrix(tensor.dim(0), width);
    for (int i = 0; i < values.length; i++) {
      matrix.setEntry(i / width, i % width, values[i]);
    }
    return matrix;
  }

  /** Overwrites a parameter. */
  static void set(Tensor parameter, RealMatrix values) {
    int columns = values.getColumnDimension();
    float[] flat = new float[values.getRowDimension() * columns];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) values.getEntry(i / columns, i % columns);
    }
    set(parameter, flat);
  }

  private static void set(Tensor parameter, float[] values) {
    Ops.copyInto(parameter, Tensor.of(values, parameter.shape().dims()));
  }
}
