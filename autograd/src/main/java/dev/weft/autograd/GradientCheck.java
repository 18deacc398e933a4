package dev.weft.autograd;

import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.cpu.HeapStorage;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares gradients with central differences: for a fixed random cotangent {@code c}, each input
 * element {@code x} is moved by {@code ±h}, and {@code Σ c (f(x + h) - f(x - h)) / 2h} must be the
 * derivative that the backward pass found.
 *
 * <pre>{@code
 * GradientCheck.check(in -> softmax(in.get(0), -1), Ops.randomNormal(DType.F64, shape, key));
 * }</pre>
 */
public final class GradientCheck {
  /** The largest {@link Result#error} that {@link #check} lets pass. */
  public static final double TOLERANCE = 1e-6;

  /** Near the cube root of the precision, where truncation and rounding are equally small. */
  private static final double STEP = 1e-5;

  private static final RandomKey COTANGENT = new RandomKey(0x5eed, 0);

  private GradientCheck() {}

  /** What is checked: must be smooth around the inputs, and the same at every call. */
  @FunctionalInterface
  public interface Function {
    /** The output for these inputs. */
    Variable apply(List<Variable> inputs);
  }

  /**
   * One derivative found in both ways.
   *
   * @param input number of the input
   * @param element row-major number of its element
   * @param analytic by the backward pass
   * @param numeric by central differences
   */
  public record Result(int input, int element, double analytic, double numeric) {
    /** The difference, relative to the larger of the two where that exceeds 1. */
    public double error() {
      double scale = Math.max(1, Math.max(Math.abs(analytic), Math.abs(numeric)));
      return Math.abs(analytic - numeric) / scale;
    }
  }

  /**
   * Fails unless every derivative agrees within {@link #TOLERANCE}.
   *
   * @param inputs F64
   */
  public static void check(Function function, Tensor... inputs) {
    Result worst = worst(function, inputs);
    if (!(worst.error() <= TOLERANCE)) {
      throw new TensorException("gradient check: backward and differences disagree: " + worst);
    }
  }

  /**
   * The derivative that differs most, over all elements of all inputs.
   *
   * @param inputs F64, at least one element altogether
   */
  public static Result worst(Function function, Tensor... inputs) {
    try (Scope _ = Scope.open()) {
      double[][] values = new double[inputs.length][];
      List<Variable> leaves = new ArrayList<>();
      for (int i = 0; i < inputs.length; i++) {
        requireF64(inputs[i]);
        values[i] = inputs[i].toDoubles();
        leaves.add(Variable.parameter(sharing(values[i], inputs[i].shape())));
      }
      Variable output = function.apply(leaves);
      Tensor cotangent = Ops.randomNormal(DType.F64, output.shape(), COTANGENT);
      output.backward(cotangent);
      return compare(function, leaves, values, cotangent.toDoubles());
    }
  }

  private static Result compare(
      Function function, List<Variable> leaves, double[][] values, double[] cotangent) {
    Result worst = null;
    for (int i = 0; i < values.length; i++) {
      Tensor grad = leaves.get(i).grad();
      double[] analytic = grad == null ? new double[values[i].length] : grad.toDoubles();
      for (int j = 0; j < values[i].length; j++) {
        double numeric = difference(function, leaves, values[i], j, cotangent);
        Result result = new Result(i, j, analytic[j], numeric);
        // Written so that NaN counts as the worst.
        if (worst == null || !(result.error() <= worst.error())) {
          worst = result;
        }
      }
    }
    if (worst == null) {
      throw new TensorException("gradient check: the inputs have no elements");
    }
    return worst;
  }

  /** {@code Σ c (f(x + h) - f(x - h)) / 2h} for one element; the leaves share {@code values}. */
  private static double difference(
      Function function, List<Variable> leaves, double[] values, int at, double[] cotangent) {
    double x = values[at];
    double above = x + STEP * Math.max(1, Math.abs(x));
    double below = x - STEP * Math.max(1, Math.abs(x));
    values[at] = above;
    double[] upper = evaluate(function, leaves);
    values[at] = below;
    double[] lower = evaluate(function, leaves);
    values[at] = x;
    double sum = 0;
    for (int i = 0; i < cotangent.length; i++) {
      sum += cotangent[i] * (upper[i] - lower[i]);
    }
    return sum / (above - below);
  }

  private static double[] evaluate(Function function, List<Variable> leaves) {
    try (NoGrad _ = NoGrad.open();
        Scope _ = Scope.open()) {
      return function.apply(leaves).value().toDoubles();
    }
  }

  private static Tensor sharing(double[] values, Shape shape) {
    return Tensor.over(HeapStorage.of(DType.F64, values), shape, 0);
  }

  private static void requireF64(Tensor input) {
    if (input.dtype() != DType.F64) {
      throw new TensorException(
          "gradient check: " + input + " must be F64; F32 is too coarse for differences");
    }
  }
}
