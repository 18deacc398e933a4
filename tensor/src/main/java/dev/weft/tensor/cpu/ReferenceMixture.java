package dev.weft.tensor.cpu;

import dev.weft.tensor.MixtureInputs;
import dev.weft.tensor.MixtureOps;
import dev.weft.tensor.Tensor;

/** {@link Mixture} for the reference backend: its formulas, element by element. */
final class ReferenceMixture {
  private ReferenceMixture() {}

  static void forward(MixtureInputs in, MixtureOps.Result to) {
    Elements x = Elements.of(in.x());
    Elements gates = Elements.of(in.gates());
    Elements gamma = Elements.of(in.gamma());
    Elements beta = Elements.of(in.beta());
    Elements out = Elements.of(to.output());
    int n = in.width();
    for (int row = 0; row < in.rows(); row++) {
      double[] mixed = new double[n];
      for (int k = 0; k < in.experts(); k++) {
        int at = row * in.experts() + k;
        double sum = 0;
        for (int i = 0; i < n; i++) {
          sum += x.get(at * n + i);
        }
        double mean = sum / n;
        double squares = 0;
        for (int i = 0; i < n; i++) {
          squares += (x.get(at * n + i) - mean) * (x.get(at * n + i) - mean);
        }
        double rstd = 1 / Math.sqrt(squares / n + in.epsilon());
        Elements.of(to.mean()).set(at, mean);
        Elements.of(to.rstd()).set(at, rstd);
        for (int i = 0; i < n; i++) {
          double normal = (x.get(at * n + i) - mean) * rstd;
          mixed[i] += gates.get(at) * (normal * gamma.get(k * n + i) + beta.get(k * n + i));
        }
      }
      for (int i = 0; i < n; i++) {
        out.set(row * n + i, mixed[i]);
      }
    }
  }

  static void backward(
      MixtureInputs in, MixtureOps.Result result, Tensor gradOutput, MixtureOps.Gradients to) {
    double[] dgamma = new double[in.experts() * in.width()];
    double[] dbeta = new double[dgamma.length];
    Elements dy = Elements.of(gradOutput);
    for (int row = 0; row < in.rows(); row++) {
      for (int k = 0; k < in.experts(); k++) {
        backward(in, result, dy, row, k, to, dgamma, dbeta);
      }
    }
    store(dgamma, Elements.of(to.dgamma()));
    store(dbeta, Elements.of(to.dbeta()));
  }

  /** One expert's answer to one row. */
  private static void backward(
      MixtureInputs in,
      MixtureOps.Result result,
      Elements dy,
      int row,
      int k,
      MixtureOps.Gradients to,
      double[] dgamma,
      double[] dbeta) {
    int n = in.width();
    int at = row * in.experts() + k;
    double mean = Elements.of(result.mean()).get(at);
    double rstd = Elements.of(result.rstd()).get(at);
    double gate = Elements.of(in.gates()).get(at);
    Elements x = Elements.of(in.x());
    Elements gamma = Elements.of(in.gamma());
    Elements beta = Elements.of(in.beta());
    double dgate = 0;
    double innerSum = 0;
    double dotSum = 0;
    for (int i = 0; i < n; i++) {
      double g = dy.get(row * n + i);
      double normal = (x.get(at * n + i) - mean) * rstd;
      double inner = gate * g * gamma.get(k * n + i);
      dgate += g * (normal * gamma.get(k * n + i) + beta.get(k * n + i));
      innerSum += inner;
      dotSum += inner * normal;
      dgamma[k * n + i] += gate * g * normal;
      dbeta[k * n + i] += gate * g;
    }
    Elements.of(to.dgates()).set(at, dgate);
    for (int i = 0; i < n; i++) {
      double normal = (x.get(at * n + i) - mean) * rstd;
      double inner = gate * dy.get(row * n + i) * gamma.get(k * n + i);
      Elements.of(to.dx()).set(at * n + i, rstd * (inner - innerSum / n - normal * dotSum / n));
    }
  }

  private static void store(double[] values, Elements to) {
    for (int i = 0; i < values.length; i++) {
      to.set(i, values[i]);
    }
  }
}
