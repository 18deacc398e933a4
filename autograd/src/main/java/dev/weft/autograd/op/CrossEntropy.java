package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.UnaryOp;

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
    check(logits, targets);
    int rows = logits.dim(0);
    // Not logsumexp(x) - x_t: where the right class is nearly certain, that difference cancels.
    Tensor logs = Ops.logSoftmax(logits.value(), -1);
    Tensor positions = RowElements.positions("crossEntropy", targets, logs.dim(1));
    Tensor losses = Ops.unary(UnaryOp.NEGATE, RowElements.gather(logs, positions));
    return Graph.record(
        "crossEntropy",
        reduce(losses, reduction),
        (g, needed) -> {
          Tensor shares = reduction == Reduction.MEAN ? Ops.multiply(g, 1.0 / rows) : g;
          Tensor weights = shares.expand(Shape.of(rows));
          Tensor dx = InPlace.multiply(Ops.unary(UnaryOp.EXP, logs), weights.unsqueeze(-1));
          RowElements.add(dx, positions, Ops.unary(UnaryOp.NEGATE, weights));
          return new Tensor[] {dx};
        },
        logits);
  }

  private static Tensor reduce(Tensor losses, Reduction reduction) {
    return switch (reduction) {
      case NONE -> losses;
      case SUM -> Ops.sum(losses, false);
      case MEAN -> Ops.multiply(Ops.sum(losses, false), 1.0 / losses.numel());
    };
  }

  private static void check(Variable logits, Tensor targets) {
    if (logits.shape().rank() != 2 || !targets.shape().equals(Shape.of(logits.dim(0)))) {
      throw new TensorException(
          "crossEntropy: logits "
              + logits.shape()
              + " must be [n, classes] and targets "
              + targets.shape()
              + " [n]");
    }
    if (!targets.dtype().isIndex()) {
      throw new TensorException(
          "crossEntropy: targets are " + targets + "; they must be I32 or I64");
    }
  }
}
