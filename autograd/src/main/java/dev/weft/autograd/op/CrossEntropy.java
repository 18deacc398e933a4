package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

/**
 * {@code y_i = log Σ_j exp(x_ij) - x_{i,t_i}}, the negative log-likelihood of class {@code t_i}
 * under {@code softmax(x_i)}; {@code dx_ij = g_i (softmax(x_i)_j - [j = t_i])}, where {@code g_i}
 * is {@code g/n} for the mean over n rows and {@code g} for the sum.
 */
public final class CrossEntropy {
  private CrossEntropy() {}

  /**
   * Cross-entropy of rows of logits with the classes that are right.
   *
   * @param logits [n, classes]
   * @param targets [n], I32 or I64, from 0 to classes - 1
   * @return a scalar; [n] for {@link Reduction#NONE}
   */
  public static Variable crossEntropy(Variable logits, Tensor targets, Reduction reduction) {
    check("crossEntropy", logits, targets);
    int rows = logits.dim(0);
    Tensor slopes = Ops.copy(logits.value());
    Device device = slopes.device();
    Tensor right = RowElements.columns("crossEntropy", targets, logits.dim(1), device);
    Tensor losses = Tensor.empty(slopes.dtype(), Shape.of(rows), device);
    Tensor scales = Tensor.empty(slopes.dtype(), Shape.of(rows), device);
    Backends.of(device).crossEntropy(slopes, right, losses, scales);
    return Graph.record(
        "crossEntropy",
        reduce(losses, reduction),
        (g, needed) -> {
          Tensor weights = Ops.multiply(shares(g, reduction, rows), scales);
          return new Tensor[] {Ops.multiply(slopes, weights.unsqueeze(-1))};
        },
        logits);
  }

  static Tensor reduce(Tensor losses, Reduction reduction) {
    return switch (reduction) {
      case NONE -> losses;
      case SUM -> Ops.sum(losses, false);
      case MEAN -> Ops.multiply(Ops.sum(losses, false), 1.0 / losses.numel());
    };
  }

  /** Each row's part of the gradient of what its loss was folded to, [rows]. */
  static Tensor shares(Tensor g, Reduction reduction, int rows) {
    Tensor share = reduction == Reduction.MEAN ? Ops.multiply(g, 1.0 / rows) : g;
    return share.expand(Shape.of(rows));
  }

  static void check(String op, Variable rows, Tensor targets) {
    if (rows.shape().rank() != 2 || !targets.shape().equals(Shape.of(rows.dim(0)))) {
      throw new TensorException(
          op
              + ": rows "
              + rows.shape()
              + " must have two axes and targets "
              + targets.shape()
              + " [n]");
    }
    if (!targets.dtype().isIndex()) {
      throw new TensorException(op + ": targets are " + targets + "; they must be I32 or I64");
    }
  }
}
