package dev.weft.tensor.cpu;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.MixtureInputs;
import dev.weft.tensor.MixtureOps;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/**
 * Mixture of layer norms, {@code y = Σ_k g_k (x̂_k γ_k + β_k)} for each row. With {@code h = g_k
 * dy} as gradient of an expert's norm, {@link LayerNorm} has the formulas of the gradients of x_k,
 * γ_k and β_k; {@code dg_k} is the product of dy with what the expert said. An expert's answer is
 * in the L1 cache for all of this, and its norm is never stored.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class Mixture<A> {
  /** Blocks of rows whose dγ and dβ are summed apart, by any thread, and then added in order. */
  private static final int BLOCKS = 32;

  private static final int SLOT_NORM = 0;
  private static final int SLOT_GRADIENT = 1;

  private final ElementLoops<A> elements;
  private final FoldLoops<A> folds;
  private final RowLoops<A> rows;
  private final Reduce<A> reduce;
  private final Workspace<A> workspace;

  Mixture(Loops<A> loops, Reduce<A> reduce) {
    this.elements = loops.elements();
    this.folds = loops.folds();
    this.rows = loops.rows();
    this.reduce = reduce;
    this.workspace = new Workspace<>(loops.dtype(), 2);
  }

  void forward(MixtureInputs in, MixtureOps.Result to) {
    int grain = Math.max(1, Walk.GRAIN / Math.max(1, in.experts() * in.width()));
    try (Operands<A> operands = new Operands<>(in)) {
      Threads.forRange(
          in.rows(),
          grain,
          (first, end) -> {
            A norm = workspace.get(SLOT_NORM, in.width());
            for (int row = first; row < end; row++) {
              mix(operands, row, norm, to);
            }
          });
    }
  }

  private void mix(Operands<A> of, int row, A norm, MixtureOps.Result to) {
    int n = of.width;
    A out = Dense.array(to.output());
    int outAt = to.output().offset() + row * n;
    elements.fill(0, out, outAt, n);
    for (int expert = 0; expert < of.experts; expert++) {
      int at = of.xAt(row, expert);
      double mean = n == 0 ? 0 : rows.sum(of.x, at, n) / n;
      double rstd = 1 / Math.sqrt(folds.squaredDistance(of.x, at, mean, n) / n + of.epsilon);
      set(to.mean(), row * of.experts + expert, mean);
      set(to.rstd(), row * of.experts + expert, rstd);
      normalise(of, row, expert, mean, rstd, norm);
      elements.scale(norm, 0, of.gate(row, expert), norm, 0, n);
      elements.binary(BinaryOp.ADD, out, outAt, norm, 0, out, outAt, n);
    }
  }

  private void normalise(Operands<A> of, int row, int expert, double mean, double rstd, A norm) {
    int at = of.xAt(row, expert);
    int gammaAt = of.scale.at() + expert * of.width;
    int betaAt = of.shift.at() + expert * of.width;
    rows.normalise(of.x, at, mean, rstd, of.gamma, gammaAt, of.beta, betaAt, at, norm, 0, of.width);
  }

  void backward(
      MixtureInputs in, MixtureOps.Result result, Tensor gradOutput, MixtureOps.Gradients to) {
    int perBlock = Math.max(1, (in.rows() + BLOCKS - 1) / BLOCKS);
    int blocks = (in.rows() + perBlock - 1) / perBlock;
    int width = in.experts() * in.width();
    try (Operands<A> operands = new Operands<>(in);
        Dense gradient = Dense.of(gradOutput);
        Dense dgammas = Dense.temporary(in.x().dtype(), Shape.of(blocks, width));
        Dense dbetas = Dense.temporary(in.x().dtype(), Shape.of(blocks, width))) {
      Threads.run(
          blocks,
          block -> {
            elements.fill(0, dgammas.array(), block * width, width);
            elements.fill(0, dbetas.array(), block * width, width);
            Backward pass =
                new Backward(operands, result, gradient, to, dgammas.array(), dbetas.array());
            int end = Math.min(in.rows(), (block + 1) * perBlock);
            for (int row = block * perBlock; row < end; row++) {
              pass.row(row, block * width);
            }
          });
      reduce.reduce(ReduceOp.SUM, dgammas.tensor(), to.dgamma().reshape(1, width));
      reduce.reduce(ReduceOp.SUM, dbetas.tensor(), to.dbeta().reshape(1, width));
    }
  }

  /** The backward pass of one row after the other; belongs to one thread. */
  private final class Backward {
    private final Operands<A> of;
    private final MixtureOps.Result result;
    private final A gradient;
    private final int gradientAt;
    private final MixtureOps.Gradients to;
    private final A dgammas;
    private final A dbetas;
    private final A dx;
    private final A norm;
    private final A scaled;
    private final double[] sums = new double[2];

    Backward(
        Operands<A> of,
        MixtureOps.Result result,
        Dense gradient,
        MixtureOps.Gradients to,
        A dgammas,
        A dbetas) {
      this.of = of;
      this.result = result;
      this.gradient = gradient.array();
      this.gradientAt = gradient.at();
      this.to = to;
      this.dgammas = dgammas;
      this.dbetas = dbetas;
      this.dx = Dense.array(to.dx());
      this.norm = workspace.get(SLOT_NORM, of.width);
      this.scaled = workspace.get(SLOT_GRADIENT, of.width);
    }

    void row(int row, int sumsAt) {
      int n = of.width;
      int at = gradientAt + row * n;
      for (int expert = 0; expert < of.experts; expert++) {
        double mean = value(result.mean(), row * of.experts + expert);
        double rstd = value(result.rstd(), row * of.experts + expert);
        normalise(of, row, expert, mean, rstd, norm);
        set(to.dgates(), row * of.experts + expert, folds.dot(gradient, at, norm, 0, n));
        elements.scale(gradient, at, of.gate(row, expert), scaled, 0, n);
        differentiate(row, expert, mean, rstd, sumsAt + expert * n);
      }
    }

    /** The gradients of an expert's norm, whose own gradient is {@code scaled}. */
    private void differentiate(int row, int expert, double mean, double rstd, int sumsAt) {
      int n = of.width;
      A x = of.x;
      A gamma = of.gamma;
      int at = of.xAt(row, expert);
      int gammaAt = of.scale.at() + expert * n;
      rows.layerNormSums(
          x, at, mean, rstd, gamma, gammaAt, scaled, 0, dgammas, dbetas, sumsAt, n, sums);
      int dxAt = to.dx().offset() + (row * of.experts + expert) * n;
      double inner = sums[0] / n;
      double dot = sums[1] / n;
      rows.layerNormBackward(x, at, mean, rstd, gamma, gammaAt, scaled, 0, inner, dot, dx, dxAt, n);
    }
  }

  private static double value(Tensor tensor, int index) {
    return ((HeapStorage) tensor.storage()).get(tensor.offset() + index);
  }

  private static void set(Tensor tensor, int index, double value) {
    ((HeapStorage) tensor.storage()).set(tensor.offset() + index, value);
  }

  /** The inputs, row-major. */
  private static final class Operands<A> implements AutoCloseable {
    private final int experts;
    private final int width;
    private final double epsilon;
    private final Dense answers;
    private final Dense gates;
    private final Dense scale;
    private final Dense shift;
    private final A x;
    private final A gamma;
    private final A beta;

    Operands(MixtureInputs in) {
      experts = in.experts();
      width = in.width();
      epsilon = in.epsilon();
      answers = Dense.of(in.x());
      gates = Dense.of(in.gates());
      scale = Dense.of(in.gamma());
      shift = Dense.of(in.beta());
      x = answers.array();
      gamma = scale.array();
      beta = shift.array();
    }

    int xAt(int row, int expert) {
      return answers.at() + (row * experts + expert) * width;
    }

    double gate(int row, int expert) {
      return value(gates.tensor(), row * experts + expert);
    }

    @Override
    public void close() {
      answers.close();
      gates.close();
      scale.close();
      shift.close();
    }
  }
}
