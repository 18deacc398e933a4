package dev.weft.tensor.cpu;

import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/**
 * Layer normalisation over the last axis, forward and backward. With x̂ = (x - mean) rstd and inner
 * = g γ, per row: {@code dx = rstd (inner - mean(inner) - x̂ mean(inner x̂))}, {@code dγ = Σ g x̂},
 * {@code dβ = Σ g} over the rows.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class LayerNorm<A> {
  /** Blocks of rows whose dγ and dβ are summed apart, by any thread, and then added in order. */
  private static final int BLOCKS = 32;

  private final ElementLoops<A> elements;
  private final FoldLoops<A> folds;
  private final RowLoops<A> rows;
  private final Reduce<A> reduce;

  LayerNorm(Loops<A> loops, Reduce<A> reduce) {
    this.elements = loops.elements();
    this.folds = loops.folds();
    this.rows = loops.rows();
    this.reduce = reduce;
  }

  void forward(
      Tensor x, Tensor gamma, Tensor beta, double epsilon, Tensor out, Tensor mean, Tensor rstd) {
    int n = x.dim(-1);
    try (Dense input = Dense.of(x);
        Dense scale = Dense.of(gamma);
        Dense offset = Dense.of(beta)) {
      A from = input.array();
      A g = scale.array();
      A b = offset.array();
      A to = Dense.array(out);
      A means = Dense.array(mean);
      A rstds = Dense.array(rstd);
      RowRange.forEachRange(
          x,
          (first, end) -> {
            double sum = rows.sum(from, input.at() + first * n, n);
            for (int row = first; row < end; row++) {
              int at = input.at() + row * n;
              int nextAt = input.at() + Math.min(row + 1, end - 1) * n;
              double mu = sum / n;
              double variance = folds.squaredDistance(from, at, mu, n) / n;
              double r = 1 / Math.sqrt(variance + epsilon);
              elements.fill(mu, means, mean.offset() + row, 1);
              elements.fill(r, rstds, rstd.offset() + row, 1);
              int outAt = out.offset() + row * n;
              sum =
                  rows.normalise(
                      from, at, mu, r, g, scale.at(), b, offset.at(), nextAt, to, outAt, n);
            }
          });
    }
  }

  /** Of {@code sum = x + residual}; where sum is out, a row's sum makes room for its norm. */
  void forward(
      Tensor x,
      Tensor residual,
      Tensor gamma,
      Tensor beta,
      double epsilon,
      Tensor sum,
      Tensor out,
      Tensor mean,
      Tensor rstd) {
    int n = x.dim(-1);
    try (Dense left = Dense.of(x);
        Dense right = Dense.of(residual);
        Dense scale = Dense.of(gamma);
        Dense offset = Dense.of(beta)) {
      A from = left.array();
      A other = right.array();
      A g = scale.array();
      A b = offset.array();
      A sums = Dense.array(sum);
      A to = Dense.array(out);
      A means = Dense.array(mean);
      A rstds = Dense.array(rstd);
      RowRange.forEach(
          x,
          row -> {
            int start = row * n;
            int at = sum.offset() + start;
            double mu =
                rows.add(from, left.at() + start, other, right.at() + start, sums, at, n) / n;
            double r = 1 / Math.sqrt(folds.squaredDistance(sums, at, mu, n) / n + epsilon);
            elements.fill(mu, means, mean.offset() + row, 1);
            elements.fill(r, rstds, rstd.offset() + row, 1);
            int outAt = out.offset() + start;
            rows.normalise(sums, at, mu, r, g, scale.at(), b, offset.at(), at, to, outAt, n);
          });
    }
  }

  void backward(
      Tensor x,
      Tensor gamma,
      Tensor mean,
      Tensor rstd,
      Tensor gradOutput,
      Tensor dx,
      Tensor dgamma,
      Tensor dbeta) {
    int n = x.dim(-1);
    int count = RowRange.count(x);
    int perBlock = Math.max(1, (count + BLOCKS - 1) / BLOCKS);
    int blocks = (count + perBlock - 1) / perBlock;
    try (Dense input = Dense.of(x);
        Dense scale = Dense.of(gamma);
        Dense means = Dense.of(mean);
        Dense rstds = Dense.of(rstd);
        Dense gradient = Dense.of(gradOutput);
        Dense dgammas = Dense.temporary(x.dtype(), Shape.of(blocks, n));
        Dense dbetas = Dense.temporary(x.dtype(), Shape.of(blocks, n))) {
      Backward<A> backward =
          new Backward<>(
              n,
              input.array(),
              input.at(),
              scale.array(),
              scale.at(),
              means.tensor(),
              rstds.tensor(),
              gradient.array(),
              gradient.at(),
              Dense.array(dx),
              dx.offset(),
              dgammas.array(),
              dbetas.array());
      Threads.run(
          blocks,
          block -> {
            double[] sums = new double[2];
            elements.fill(0, backward.dgammas, block * n, n);
            elements.fill(0, backward.dbetas, block * n, n);
            for (int row = block * perBlock; row < Math.min(count, (block + 1) * perBlock); row++) {
              backwardRow(backward, block, row, sums);
            }
          });
      reduce.reduce(ReduceOp.SUM, dgammas.tensor(), dgamma.unsqueeze(0));
      reduce.reduce(ReduceOp.SUM, dbetas.tensor(), dbeta.unsqueeze(0));
    }
  }

  /** What the rows of one backward pass share. */
  private record Backward<A>(
      int n,
      A x,
      int xAt,
      A gamma,
      int gammaAt,
      Tensor means,
      Tensor rstds,
      A g,
      int gAt,
      A dx,
      int dxAt,
      A dgammas,
      A dbetas) {}

  private void backwardRow(Backward<A> pass, int block, int row, double[] sums) {
    int n = pass.n;
    int xAt = pass.xAt + row * n;
    int gAt = pass.gAt + row * n;
    double mean = value(pass.means, row);
    double rstd = value(pass.rstds, row);
    rows.layerNormSums(
        pass.x,
        xAt,
        mean,
        rstd,
        pass.gamma,
        pass.gammaAt,
        pass.g,
        gAt,
        pass.dgammas,
        pass.dbetas,
        block * n,
        n,
        sums);
    rows.layerNormBackward(
        pass.x,
        xAt,
        mean,
        rstd,
        pass.gamma,
        pass.gammaAt,
        pass.g,
        gAt,
        sums[0] / n,
        sums[1] / n,
        pass.dx,
        pass.dxAt + row * n,
        n);
  }

  private static double value(Tensor tensor, int index) {
    return ((HeapStorage) tensor.storage()).get(tensor.offset() + index);
  }
}
