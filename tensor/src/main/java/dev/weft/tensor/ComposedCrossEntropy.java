package dev.weft.tensor;

import dev.weft.tensor.cpu.HeapStorage;
import java.util.Arrays;

/** {@link Backend#crossEntropy} of other primitives; what a row needs once, the host computes. */
final class ComposedCrossEntropy {
  private ComposedCrossEntropy() {}

  static void run(Backend backend, Tensor logits, Tensor targets, Tensor losses, Tensor scales) {
    if (logits.numel() == 0) {
      return;
    }
    try (Scope _ = Scope.open()) {
      int n = logits.dim(1);
      Tensor flat = logits.reshape(-1, 1);
      Tensor positions = positions(backend, targets, n);
      double[] right = Ops.gather(flat, positions).toDoubles();
      Tensor nothing = Tensor.full(logits.dtype(), Shape.of(right.length, 1), logits.device(), 0);
      backend.fill(nothing, Double.NEGATIVE_INFINITY);
      backend.scatterAdd(positions, nothing, flat);
      double[] others = Ops.logSumExp(logits).toDoubles();
      double[] loss = new double[right.length];
      double[] total = new double[right.length];
      double[] slope = new double[right.length];
      for (int i = 0; i < right.length; i++) {
        double margin = others[i] - right[i];
        loss[i] = softplus(margin);
        total[i] = margin > 0 ? others[i] + softplus(-margin) : right[i] + loss[i];
        slope[i] = -Math.exp(others[i] - total[i]);
      }
      Tensor totals = upload(backend, total, logits).expand(logits.shape());
      backend.binary(BinaryOp.SUBTRACT, logits, totals, logits);
      backend.unary(UnaryOp.EXP, logits, logits);
      backend.scatterAdd(positions, upload(backend, slope, logits), flat);
      backend.copy(upload(backend, loss, logits).reshape(right.length), losses);
      backend.fill(scales, 1);
    }
  }

  /** {@code log(1 + e^x)}. */
  private static double softplus(double x) {
    return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
  }

  private static Tensor positions(Backend backend, Tensor targets, int n) {
    int[] positions = Arrays.stream(targets.toLongs()).mapToInt(Math::toIntExact).toArray();
    for (int row = 0; row < positions.length; row++) {
      positions[row] += row * n;
    }
    Tensor result = Tensor.empty(DType.I32, targets.shape(), targets.device());
    backend.upload(HeapStorage.of(DType.I32, positions), result);
    return result;
  }

  /** A column of numbers of the type of {@code like}, beside it. */
  private static Tensor upload(Backend backend, double[] numbers, Tensor like) {
    Tensor wide = Tensor.empty(DType.F64, Shape.of(numbers.length, 1), like.device());
    backend.upload(HeapStorage.of(DType.F64, numbers), wide);
    Tensor result = Tensor.empty(like.dtype(), wide.shape(), like.device());
    backend.copy(wide, result);
    return result;
  }
}
