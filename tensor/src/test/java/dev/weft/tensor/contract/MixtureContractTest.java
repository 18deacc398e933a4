package dev.weft.tensor.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.MixtureInputs;
import dev.weft.tensor.MixtureOps;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A mixture of layer norms against its definition, its gradients against differences of that. */
@BackendContract
class MixtureContractTest {
  private static final double EPSILON = 1e-3;

  private final Subject subject;
  private final Views views;

  MixtureContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 23);
  }

  /** The operands in double precision, and the mixture by its formula. */
  private record Case(int rows, int experts, int width, double[][] operands) {
    double[] mixture() {
      double[] y = new double[rows * width];
      for (int at = 0; at < rows * experts; at++) {
        int row = at / experts;
        int k = at % experts;
        double[] x = Arrays.copyOfRange(operands[0], at * width, (at + 1) * width);
        double mean = Sum.of(x) / width;
        double variance = Sum.of(Arrays.stream(x).map(v -> (v - mean) * (v - mean)).toArray());
        double rstd = 1 / StrictMath.sqrt(variance / width + EPSILON);
        for (int i = 0; i < width; i++) {
          double norm =
              (x[i] - mean) * rstd * operands[2][k * width + i] + operands[3][k * width + i];
          y[row * width + i] += operands[1][at] * norm;
        }
      }
      return y;
    }

    /** {@code Σ dy y} differentiated by one element. */
    double slope(double[] dy, int operand, int element) {
      double before = operands[operand][element];
      double step = 1e-5 * Math.max(1, Math.abs(before));
      operands[operand][element] = before + step;
      double[] above = mixture();
      operands[operand][element] = before - step;
      double[] below = mixture();
      operands[operand][element] = before;
      double[] terms = new double[dy.length];
      Arrays.setAll(terms, i -> dy[i] * (above[i] - below[i]));
      return Sum.of(terms) / (2 * step);
    }
  }

  @Test
  void mixesAndDifferentiatesInAnyLayout() {
    for (int[] dims : new int[][] {{1, 1, 2}, {3, 2, 5}, {2, 3, 17}, {70, 2, 33}}) {
      check(dims[0], dims[1], dims[2]);
    }
  }

  private void check(int rows, int experts, int width) {
    View x = views.of(Shape.of(rows, experts, width), views::normal);
    View gates = views.of(Shape.of(rows, experts), views::normal);
    View gamma = views.of(Shape.of(experts, width), views::normal);
    View beta = views.of(Shape.of(experts, width), views::normal);
    View dy = views.of(Shape.of(rows, width), views::normal);
    MixtureInputs in =
        new MixtureInputs(x.tensor(), gates.tensor(), gamma.tensor(), beta.tensor(), EPSILON);
    MixtureOps.Result result = result(in);
    subject.backend().mixture(in, result);
    double[][] operands = {x.values(), gates.values(), gamma.values(), beta.values()};
    Case exact = new Case(rows, experts, width, operands);
    double tolerance = 1000 * subject.roundoff();
    assertNear(exact.mixture(), subject.read(result.output()), tolerance * experts);

    MixtureOps.Gradients to =
        new MixtureOps.Gradients(
            empty(x.tensor().shape()),
            empty(gates.tensor().shape()),
            empty(gamma.tensor().shape()),
            empty(beta.tensor().shape()));
    subject.backend().mixtureBackward(in, result, dy.tensor(), to);
    Tensor[] gradients = {to.dx(), to.dgates(), to.dgamma(), to.dbeta()};
    for (int operand = 0; operand < gradients.length; operand++) {
      double[] found = subject.read(gradients[operand]);
      for (int i = 0; i < found.length; i += 1 + found.length / 40) {
        double slope = exact.slope(dy.values(), operand, i);
        double bound = (tolerance + 1e-7) * Math.max(1, Math.abs(slope)) * Math.sqrt(rows);
        assertEquals(slope, found[i], bound, "operand " + operand + ", element " + i);
      }
    }
  }

  private static void assertNear(double[] expected, double[] actual, double tolerance) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], tolerance * Math.max(1, Math.abs(expected[i])));
    }
  }

  private Tensor empty(Shape shape) {
    double[] garbage = new double[shape.numel()];
    Arrays.fill(garbage, Double.NaN);
    return subject.tensor(garbage, shape);
  }

  private MixtureOps.Result result(MixtureInputs in) {
    Shape statistics = Shape.of(in.rows(), in.experts());
    return new MixtureOps.Result(
        empty(Shape.of(in.rows(), in.width())), empty(statistics), empty(statistics));
  }

  @Test
  void noRowsAndNoExperts() {
    for (int[] dims : new int[][] {{0, 2, 3}, {2, 0, 3}}) {
      Tensor x = empty(Shape.of(dims));
      Tensor gates = empty(Shape.of(dims[0], dims[1]));
      Tensor gamma = empty(Shape.of(dims[1], dims[2]));
      MixtureInputs in = new MixtureInputs(x, gates, gamma, gamma, EPSILON);
      MixtureOps.Result result = result(in);
      subject.backend().mixture(in, result);
      assertTrue(Arrays.stream(subject.read(result.output())).allMatch(v -> v == 0));
      Tensor dgamma = empty(gamma.shape());
      Tensor dbeta = empty(gamma.shape());
      MixtureOps.Gradients to = new MixtureOps.Gradients(empty(x.shape()), gates, dgamma, dbeta);
      subject.backend().mixtureBackward(in, result, empty(result.output().shape()), to);
      assertTrue(Arrays.stream(subject.read(dgamma)).allMatch(v -> v == 0));
      assertTrue(Arrays.stream(subject.read(dbeta)).allMatch(v -> v == 0));
    }
  }

  @Test
  void notANumberStaysInItsRow() {
    double[] values = new double[2 * 2 * 3];
    values[1] = Double.NaN;
    Tensor ones = subject.tensor(new double[] {1, 1, 1, 1, 1, 1}, Shape.of(2, 3));
    Tensor gates = subject.tensor(new double[] {1, 1, 1, 1}, Shape.of(2, 2));
    Tensor x = subject.tensor(values, Shape.of(2, 2, 3));
    MixtureInputs in = new MixtureInputs(x, gates, ones, ones, EPSILON);
    MixtureOps.Result result = result(in);
    subject.backend().mixture(in, result);
    double[] y = subject.read(result.output());
    for (int i = 0; i < y.length; i++) {
      assertEquals(i < 3, Double.isNaN(y[i]));
    }
  }
}
