package dev.weft.tensor.cpu;

import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.Contrast;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.MixtureInputs;
import dev.weft.tensor.MixtureOps;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Every primitive in its plainest form: one element after the other, in double precision, for any
 * strides. Nobody waits for it; it is there to be read, and to be what the fast backends are
 * compared with.
 */
public final class ReferenceBackend extends HostBackend {

  @Override
  public String name() {
    return "cpu-reference";
  }

  @Override
  public void fill(Tensor out, double value) {
    Elements target = Elements.of(out);
    for (int i = 0; i < target.size(); i++) {
      target.set(i, value);
    }
  }

  @Override
  public void copy(Tensor source, Tensor out) {
    Elements from = Elements.of(source);
    Elements to = Elements.of(out);
    boolean exact = !source.dtype().isFloatingPoint() && !out.dtype().isFloatingPoint();
    for (int i = 0; i < to.size(); i++) {
      if (exact) {
        to.setLong(i, from.getLong(i));
      } else {
        to.set(i, from.get(i));
      }
    }
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor out) {
    Elements from = Elements.of(x);
    Elements to = Elements.of(out);
    for (int i = 0; i < to.size(); i++) {
      to.set(i, Scalars.unary(op, from.get(i)));
    }
  }

  @Override
  public void unaryBackward(UnaryOp op, Tensor x, Tensor gradOutput, Tensor out) {
    Elements from = Elements.of(x);
    Elements gradient = Elements.of(gradOutput);
    Elements to = Elements.of(out);
    for (int i = 0; i < to.size(); i++) {
      to.set(i, gradient.get(i) * Scalars.derivative(op, from.get(i)));
    }
  }

  @Override
  public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
    Elements left = Elements.of(a);
    Elements right = Elements.of(b);
    Elements to = Elements.of(out);
    for (int i = 0; i < to.size(); i++) {
      to.set(i, Scalars.binary(op, left.get(i), right.get(i)));
    }
  }

  @Override
  public void compare(CompareOp op, Tensor a, Tensor b, Tensor out) {
    Elements left = Elements.of(a);
    Elements right = Elements.of(b);
    Elements to = Elements.of(out);
    for (int i = 0; i < to.size(); i++) {
      to.set(i, Scalars.compare(op, left.get(i), right.get(i)) ? 1 : 0);
    }
  }

  @Override
  public void select(Tensor condition, Tensor a, Tensor b, Tensor out) {
    Elements chosen = Elements.of(condition);
    Elements left = Elements.of(a);
    Elements right = Elements.of(b);
    Elements to = Elements.of(out);
    for (int i = 0; i < to.size(); i++) {
      to.set(i, chosen.get(i) != 0 ? left.get(i) : right.get(i));
    }
  }

  @Override
  public void reduce(ReduceOp op, Tensor x, Tensor out) {
    double[] folded = new double[out.numel()];
    Arrays.fill(
        folded,
        switch (op) {
          case SUM -> 0;
          case MAX -> Double.NEGATIVE_INFINITY;
          case MIN -> Double.POSITIVE_INFINITY;
        });
    // An extent of 1 stretched with stride 0: many elements of x then share one result.
    Tensor numbers = Tensor.of(IntStream.range(0, out.numel()).toArray());
    Elements target = Elements.of(numbers.reshape(out.shape().dims()).expand(x.shape()));
    Elements from = Elements.of(x);
    for (int i = 0; i < from.size(); i++) {
      int at = (int) target.getLong(i);
      folded[at] =
          switch (op) {
            case SUM -> folded[at] + from.get(i);
            case MAX -> Math.max(folded[at], from.get(i));
            case MIN -> Math.min(folded[at], from.get(i));
          };
    }
    Elements to = Elements.of(out);
    for (int i = 0; i < to.size(); i++) {
      to.set(i, folded[i]);
    }
  }

  @Override
  public void argMax(Tensor x, Tensor out) {
    Elements to = Elements.of(out);
    Rows.forEach(
        x,
        (row, values) -> {
          int best = 0;
          for (int i = 1; i < values.length; i++) {
            // compare ranks NaN above everything; adding 0 makes -0 equal to +0.
            best = Double.compare(values[i] + 0.0, values[best] + 0.0) > 0 ? i : best;
          }
          to.set(row, best);
        });
  }

  @Override
  public void matmul(Tensor a, Tensor b, MatmulTail tail, Tensor out) {
    int m = out.dim(-2);
    int n = out.dim(-1);
    int k = a.dim(-1);
    Elements left = Elements.of(a);
    Elements right = Elements.of(b);
    Elements to = Elements.of(out);
    Elements bias = tail.bias() == null ? null : Elements.of(tail.bias());
    for (int i = 0; i < to.size(); i++) {
      int matrix = i / (m * n);
      int row = i / n % m;
      int column = i % n;
      double sum = 0;
      for (int p = 0; p < k; p++) {
        sum += left.get((matrix * m + row) * k + p) * right.get((matrix * k + p) * n + column);
      }
      double value = sum * tail.scale() + (bias == null ? 0 : bias.get(column));
      to.set(i, tail.activation() == null ? value : Scalars.unary(tail.activation(), value));
    }
  }

  @Override
  public void softmax(Tensor x, Tensor out) {
    Rows.map(
        x,
        out,
        row -> {
          double max = Arrays.stream(row).reduce(Double.NEGATIVE_INFINITY, Math::max);
          if (max == Double.NEGATIVE_INFINITY) {
            return new double[row.length];
          }
          double[] powers = Arrays.stream(row).map(value -> Math.exp(value - max)).toArray();
          double sum = Arrays.stream(powers).sum();
          return Arrays.stream(powers).map(power -> power / sum).toArray();
        });
  }

  @Override
  public void softmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    Rows.map(
        y,
        gradOutput,
        out,
        (p, g) -> {
          double inner = IntStream.range(0, p.length).mapToDouble(i -> p[i] * g[i]).sum();
          return IntStream.range(0, p.length).mapToDouble(i -> p[i] * (g[i] - inner)).toArray();
        });
  }

  @Override
  public void logSoftmax(Tensor x, Tensor out) {
    Rows.map(
        x,
        out,
        row -> {
          double max = Arrays.stream(row).reduce(Double.NEGATIVE_INFINITY, Math::max);
          double[] shifted = Arrays.stream(row).map(value -> value - max).toArray();
          double logSum = Double.isInfinite(max) ? 0 : Rows.logSumExp(shifted);
          return Arrays.stream(shifted).map(value -> value - logSum).toArray();
        });
  }

  @Override
  public void logSoftmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    Rows.map(
        y,
        gradOutput,
        out,
        (logits, g) -> {
          double total = Arrays.stream(g).sum();
          return IntStream.range(0, g.length)
              .mapToDouble(i -> g[i] - Math.exp(logits[i]) * total)
              .toArray();
        });
  }

  @Override
  public void logSumExp(Tensor x, Tensor out) {
    Elements to = Elements.of(out);
    Rows.forEach(x, (row, values) -> to.set(row, Rows.logSumExp(values)));
  }

  @Override
  public void contrast(Tensor logits, Contrast rule, Tensor out) {
    ReferenceContrast.logSumExp(logits, rule, out);
  }

  @Override
  public void contrastBackward(Tensor logits, Contrast rule, Tensor logSumExp, Tensor gradOutput) {
    ReferenceContrast.backward(logits, rule, logSumExp, gradOutput);
  }

  @Override
  public void layerNorm(LayerNormInputs in, LayerNormOps.Result to) {
    if (in.residual() != null) {
      binary(BinaryOp.ADD, in.x(), in.residual(), to.sum());
    }
    int n = in.x().dim(-1);
    Elements scale = Elements.of(in.gamma());
    Elements shift = Elements.of(in.beta());
    Elements out = Elements.of(to.output());
    Elements means = Elements.of(to.mean());
    Elements rstds = Elements.of(to.rstd());
    Rows.forEach(
        to.sum(),
        (row, values) -> {
          double mu = Arrays.stream(values).sum() / n;
          double variance = Arrays.stream(values).map(v -> (v - mu) * (v - mu)).sum() / n;
          double r = 1 / Math.sqrt(variance + in.epsilon());
          means.set(row, mu);
          rstds.set(row, r);
          for (int i = 0; i < n; i++) {
            out.set(row * n + i, (values[i] - mu) * r * scale.get(i) + shift.get(i));
          }
        });
  }

  @Override
  public void layerNormBackward(
      Tensor gamma, LayerNormOps.Result result, Tensor gradOutput, LayerNormOps.Gradients to) {
    int n = gamma.dim(0);
    Elements scale = Elements.of(gamma);
    Elements means = Elements.of(result.mean());
    Elements rstds = Elements.of(result.rstd());
    Elements gradient = Elements.of(gradOutput);
    Elements dx = Elements.of(to.dx());
    double[] gammaSum = new double[n];
    double[] betaSum = new double[n];
    Rows.forEach(
        result.sum(),
        (row, values) -> {
          double r = rstds.get(row);
          double[] normalised = new double[n];
          double[] inner = new double[n];
          double innerSum = 0;
          double dotSum = 0;
          for (int i = 0; i < n; i++) {
            double g = gradient.get(row * n + i);
            normalised[i] = (values[i] - means.get(row)) * r;
            inner[i] = g * scale.get(i);
            innerSum += inner[i];
            dotSum += inner[i] * normalised[i];
            gammaSum[i] += g * normalised[i];
            betaSum[i] += g;
          }
          for (int i = 0; i < n; i++) {
            dx.set(row * n + i, r * (inner[i] - innerSum / n - normalised[i] * dotSum / n));
          }
        });
    Elements gammas = Elements.of(to.dgamma());
    Elements betas = Elements.of(to.dbeta());
    for (int i = 0; i < n; i++) {
      gammas.set(i, gammaSum[i]);
      betas.set(i, betaSum[i]);
    }
  }

  @Override
  public void attention(AttentionInputs in, Tensor out, Tensor logSumExp) {
    ReferenceAttention.forward(in, out, logSumExp);
  }

  @Override
  public void attentionBackward(
      AttentionInputs in,
      AttentionOps.Result result,
      Tensor gradOutput,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    ReferenceAttention.backward(in, gradOutput, dq, dk, dv);
  }

  @Override
  public void mixture(MixtureInputs in, MixtureOps.Result to) {
    ReferenceMixture.forward(in, to);
  }

  @Override
  public void mixtureBackward(
      MixtureInputs in, MixtureOps.Result result, Tensor gradOutput, MixtureOps.Gradients to) {
    ReferenceMixture.backward(in, result, gradOutput, to);
  }

  @Override
  public void gather(Tensor table, Tensor indices, Tensor out) {
    int width = table.dim(1);
    Elements rows = Elements.of(table);
    Elements index = Elements.of(indices);
    Elements to = Elements.of(out);
    for (int i = 0; i < index.size(); i++) {
      int row = Lookup.checkedRow("gather", index.getLong(i), table.dim(0));
      for (int j = 0; j < width; j++) {
        to.set(i * width + j, rows.get(row * width + j));
      }
    }
  }

  @Override
  public void scatterAdd(Tensor indices, Tensor source, Tensor out) {
    int width = out.dim(1);
    Elements index = Elements.of(indices);
    Elements from = Elements.of(source);
    Elements to = Elements.of(out);
    for (int i = 0; i < index.size(); i++) {
      int row = Lookup.checkedRow("scatterAdd", index.getLong(i), out.dim(0));
      for (int j = 0; j < width; j++) {
        to.set(row * width + j, to.get(row * width + j) + from.get(i * width + j));
      }
    }
  }

  @Override
  public void randomUniform(RandomKey key, Tensor out) {
    RandomFill.uniform(key, Elements.of(out)::set, 0, out.numel());
  }

  @Override
  public void randomNormal(RandomKey key, Tensor out) {
    RandomFill.normal(key, Elements.of(out)::set, 0, out.numel());
  }

  @Override
  public void dropout(Tensor x, double probability, RandomKey key, Tensor out) {
    Elements from = Elements.of(x);
    Elements to = Elements.of(out);
    double scale = 1 / (1 - probability);
    RandomFill.uniform(
        key, (i, u) -> to.set(i, u >= probability ? from.get(i) * scale : 0), 0, out.numel());
  }

  @Override
  public void topK(Tensor x, Tensor values, Tensor indices) {
    int k = values.dim(-1);
    Elements best = Elements.of(values);
    Elements index = Elements.of(indices);
    Rows.forEach(
        x,
        (row, scores) -> {
          Comparator<Integer> falling =
              Comparator.<Integer>comparingDouble(i -> scores[i] + 0.0).reversed();
          int[] order =
              IntStream.range(0, scores.length)
                  .boxed()
                  .sorted(falling.thenComparing(Comparator.naturalOrder()))
                  .limit(k)
                  .mapToInt(Integer::intValue)
                  .toArray();
          for (int i = 0; i < k; i++) {
            best.set(row * k + i, scores[order[i]]);
            index.set(row * k + i, order[i]);
          }
        });
  }

  @Override
  public void adamStep(AdamOptions options, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    Elements theta = Elements.of(weight);
    Elements grad = Elements.of(gradient);
    Elements first = Elements.of(m);
    Elements second = Elements.of(v);
    double correction1 = 1 - Math.pow(options.beta1(), (double) options.step());
    double correction2 = 1 - Math.pow(options.beta2(), (double) options.step());
    for (int i = 0; i < theta.size(); i++) {
      double w = theta.get(i);
      double g = grad.get(i) + (options.decoupled() ? 0 : options.weightDecay() * w);
      double decay = options.decoupled() ? options.learningRate() * options.weightDecay() * w : 0;
      double m1 = options.beta1() * first.get(i) + (1 - options.beta1()) * g;
      double v1 = options.beta2() * second.get(i) + (1 - options.beta2()) * g * g;
      first.set(i, m1);
      second.set(i, v1);
      double denominator = Math.sqrt(v1 / correction2) + options.epsilon();
      theta.set(i, w - decay - options.learningRate() * (m1 / correction1) / denominator);
    }
  }
}
