package dev.weft.autograd.op;

import dev.weft.tensor.Backends;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Arrays;

/** The logits {@code h Wᵀ + b} of some rows at a time, for {@link LinearCrossEntropy}. */
final class LogitBlocks {
  private final Tensor h;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor targets;
  private final int rows;
  private final int classes;
  private final int block;

  /**
   * Over all rows.
   *
   * @param bias or null
   * @param block rows at a time
   */
  LogitBlocks(Tensor h, Tensor weight, Tensor bias, Tensor targets, int block) {
    this.h = Ops.contiguous(h);
    this.weight = Ops.contiguous(weight);
    this.bias = bias;
    this.rows = h.dim(0);
    this.classes = weight.dim(0);
    this.targets = RowElements.columns("linearCrossEntropy", targets, classes, h.device());
    this.block = block;
  }

  /** A loss for each row, [n]. */
  Tensor losses() {
    Tensor losses = empty(rows);
    forEachBlock((from, to) -> losses(from, to, losses, empty(to - from)));
    return losses;
  }

  /**
   * What one pass gives.
   *
   * @param losses one for each row, [n]
   * @param gradients of h, weight and bias; null where not needed
   */
  record Result(Tensor losses, Tensor[] gradients) {}

  /**
   * Losses and gradients, the latter before the block's logits have left the cache.
   *
   * @param shares the gradient of each row's loss, [n]
   */
  Result differentiate(Tensor shares, boolean[] needed) {
    Tensor losses = empty(rows);
    Tensor dh = needed[0] ? empty(h.shape().dims()) : null;
    Tensor dWeight = needed[1] ? empty(weight.shape().dims()) : null;
    Tensor dBias = needed.length > 2 && needed[2] ? empty(classes) : null;
    try (Scope _ = Scope.open()) {
      // Transposed, so that in all products but one the logits' rows are read as they lie.
      Tensor sums = needed[1] ? empty(h.dim(1), classes) : null;
      Tensor sumsOfBias = dBias == null ? null : dBias.unsqueeze(0);
      forEachBlock(
          (from, to) -> {
            Tensor scales = empty(to - from);
            Tensor slopes = losses(from, to, losses, scales);
            Tensor column = InPlace.multiply(scales, part(shares, from, to)).unsqueeze(-1);
            if (dh != null) {
              product(slopes, weight, part(dh, from, to));
              InPlace.multiply(part(dh, from, to), column);
            }
            if (sums != null) {
              Tensor weighted = Ops.multiply(part(h, from, to), column);
              addProduct(weighted.transpose(0, 1), slopes, sums, from == 0);
            }
            if (sumsOfBias != null) {
              addProduct(column.transpose(0, 1), slopes, sumsOfBias, from == 0);
            }
          });
      if (sums != null) {
        Ops.copyInto(dWeight, sums.transpose(0, 1));
      }
    }
    Tensor[] gradients = {dh, dWeight, dBias};
    return new Result(losses, Arrays.copyOf(gradients, needed.length));
  }

  /** Takes the rows of a block. */
  @FunctionalInterface
  private interface Body {
    void run(int from, int to);
  }

  /** No rows are a block too: its products of no steps make the weights' gradients zeros. */
  private void forEachBlock(Body body) {
    int from = 0;
    do {
      try (Scope _ = Scope.open()) {
        body.run(from, Math.min(rows, from + block));
      }
      from += block;
    } while (from < rows);
  }

  /** Writes a block's losses and scales; returns its slopes. */
  private Tensor losses(int from, int to, Tensor losses, Tensor scales) {
    Tensor logits = Ops.matmul(part(h, from, to), weight.transpose(0, 1), MatmulTail.bias(bias));
    Backends.of(h.device())
        .crossEntropy(logits, part(targets, from, to), part(losses, from, to), scales);
    return logits;
  }

  private static Tensor part(Tensor x, int from, int to) {
    return x.slice(0, from, to);
  }

  private static void product(Tensor a, Tensor b, Tensor out) {
    Backends.of(out.device()).matmul(a, b, MatmulTail.NONE, out);
  }

  private static void addProduct(Tensor a, Tensor b, Tensor sum, boolean isFirst) {
    if (isFirst) {
      product(a, b, sum);
    } else {
      Ops.addInto(sum, Ops.matmul(a, b));
    }
  }

  private Tensor empty(int... dims) {
    return Tensor.empty(h.dtype(), Shape.of(dims), h.device());
  }
}
