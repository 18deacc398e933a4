package dev.weft.tensor.cpu;

import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
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

  void forward(LayerNormInputs in, LayerNormOps.Result to) {
    if (in.residual() == null) {
      normalise(in, to);
    } else {
      addAndNormalise(in, to);
    }
  }

  private void normalise(LayerNormInputs in, LayerNormOps.Result to) {
    Tensor mean = to.mean();
    Tensor rstd = to.rstd();
    int n = in.x().dim(-1);
    double epsilon = in.epsilon();
    try (Dense input = Dense.of(in.x());
        Dense scale = Dense.of(in.gamma());
        Dense offset = Dense.of(in.beta())) {
      A from = input.array();
      A g = scale.array();
      A b = offset.array();
      A out = Dense.array(to.output());
      A means = Dense.array(mean);
      A rstds = Dense.array(rstd);
      RowRange.forEachRange(
          in.x(),
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
              int outAt = to.output().offset() + row * n;
              sum =
                  rows.normalise(
                      from, at, mu, r, g, scale.at(), b, offset.at(), nextAt, out, outAt, n);
            }
          });
    }
  }

  /** Where the sum is the output, a row's sum makes room for its norm. */
  private void addAndNormalise(LayerNormInputs in, LayerNormOps.Result to) {
    Tensor mean = to.mean();
    Tensor rstd = to.rstd();
    int n = in.x().dim(-1);
    double epsilon = in.epsilon();
    try (Dense left = Dense.of(in.x());
        Dense right = Dense.of(in.residual());
        Dense scale = Dense.of(in.gamma());
        Dense offset = Dense.of(in.beta())) {
      A from = left.array();
      A other = right.array();
      A g = scale.array();
      A b = offset.array();
      A sums = Dense.array(to.sum());
      A out = Dense.array(to.output());
      A means = Dense.array(mean);
      A rstds = Dense.array(rstd);
      RowRange.forEach(
          in.x(),
          row -> {
            int start = row * n;
            int at = to.sum().offset() + start;
            double mu =
                rows.add(from, left.at() + start, other, right.at() + start, sums, at, n) / n;
            double r = 1 / Math.sqrt(folds.squaredDistance(sums, at, mu, n) / n + epsilon);
            elements.fill(mu, means, mean.offset() + row, 1);
            elements.fill(r, rstds, rstd.offset() + row, 1);
            int outAt = to.output().offset() + start;
            rows.normalise(sums, at, mu, r, g, scale.at(), b, offset.at(), at, out, outAt, n);
          });
    }
  }

  void backward(
      Tensor gamma, LayerNormOps.Result result, Tensor gradOutput, LayerNormOps.Gradients to) {
    int n = gamma.dim(0);
    int count = RowRange.count(result.sum());
    int perBlock = Math.max(1, (count + BLOCKS - 1) / BLOCKS);
    int blocks = (count + perBlock - 1) / perBlock;
    try (Dense input = Dense.of(result.sum());
        Dense scale = Dense.of(gamma);
        Dense gradient = Dense.of(gradOutput);
        Dense dgammas = Dense.temporary(gamma.dtype(), Shape.of(blocks, n));
        Dense dbetas = Dense.temporary(gamma.dtype(), Shape.of(blocks, n))) {
      Backward pass = new Backward(input, scale, gradient, result, to.dx(), dgammas, dbetas);
      Threads.run(
          blocks,
          block -> {
            int first = block * perBlock;
            backward(pass, first, Math.min(count, first + perBlock), block * n);
          });
      reduce.reduce(ReduceOp.SUM, dgammas.tensor(), to.dgamma().unsqueeze(0));
      reduce.reduce(ReduceOp.SUM, dbetas.tensor(), to.dbeta().unsqueeze(0));
    }
  }

  /** What the rows of one backward pass share; dgammas and dbetas are [blocks, n]. */
  private record Backward(
      Dense x,
      Dense gamma,
      Dense gradient,
      LayerNormOps.Result result,
      Tensor dx,
      Dense dgammas,
      Dense dbetas) {}

  /** The rows of one block, whose dγ and dβ start at {@code sumsAt}. */
  private void backward(Backward pass, int first, int end, int sumsAt) {
    int n = pass.dx.dim(-1);
    int gammaAt = pass.gamma.at();
    A x = pass.x.array();
    A gamma = pass.gamma.array();
    A g = pass.gradient.array();
    A dx = Dense.array(pass.dx);
    A dgammas = pass.dgammas.array();
    A dbetas = pass.dbetas.array();
    double[] sums = new double[2];
    elements.fill(0, dgammas, sumsAt, n);
    elements.fill(0, dbetas, sumsAt, n);
    for (int row = first; row < end; row++) {
      int at = pass.x.at() + row * n;
      int gAt = pass.gradient.at() + row * n;
      int dxAt = pass.dx.offset() + row * n;
      double mean = value(pass.result.mean(), row);
      double rstd = value(pass.result.rstd(), row);
      rows.layerNormSums(
          x, at, mean, rstd, gamma, gammaAt, g, gAt, dgammas, dbetas, sumsAt, n, sums);
      double inner = sums[0] / n;
      double dot = sums[1] / n;
      rows.layerNormBackward(x, at, mean, rstd, gamma, gammaAt, g, gAt, inner, dot, dx, dxAt, n);
    }
  }

  private static double value(Tensor tensor, int index) {
    return ((HeapStorage) tensor.storage()).get(tensor.offset() + index);
  }
}
