package dev.weft.tensor.contract;

import static dev.weft.tensor.contract.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Layer normalisation against its definition, its gradients against the chain rule written out. */
@BackendContract
class LayerNormContractTest {
  private static final double EPSILON = 1e-5;

  private final Subject subject;
  private final Views views;

  LayerNormContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 16);
  }

  /** Mean and reciprocal standard deviation of each row, in double precision. */
  private record Moments(double[] mean, double[] rstd) {
    static Moments of(double[] x, int n) {
      int rows = x.length / n;
      double[] mean = new double[rows];
      double[] rstd = new double[rows];
      for (int row = 0; row < rows; row++) {
        double[] values = Arrays.copyOfRange(x, row * n, (row + 1) * n);
        double mu = Sum.of(values) / n;
        double[] squares = Arrays.stream(values).map(v -> (v - mu) * (v - mu)).toArray();
        double variance = Sum.of(squares) / n;
        mean[row] = mu;
        rstd[row] = 1 / StrictMath.sqrt(variance + EPSILON);
      }
      return new Moments(mean, rstd);
    }
  }

  @Test
  void forwardOfAnyLayout() {
    for (Shape shape : Views.SHAPES) {
      if (shape.rank() > 0 && shape.dim(-1) > 0) {
        checkForward(views.of(shape, views::normal));
        checkForward(views.of(shape, views::wide));
      }
    }
  }

  @Test
  void forwardFarFromZero() {
    double[] values = views.draw(64, () -> 5000 + views.normal());
    checkForward(new View(subject.tensor(values, Shape.of(1, 64)), values));
  }

  private void checkForward(View x) {
    Shape shape = x.tensor().shape();
    int n = shape.dim(-1);
    View gamma = views.of(Shape.of(n), views::normal);
    View beta = views.of(Shape.of(n), views::normal);
    Shape rows = Shape.of(Arrays.copyOf(shape.dims(), shape.rank() - 1));
    Result out = Result.of(subject, shape);
    Result mean = Result.of(subject, rows);
    Result rstd = Result.of(subject, rows);
    LayerNormInputs in = inputs(x.tensor(), null, gamma, beta);
    subject
        .backend()
        .layerNorm(
            in, new LayerNormOps.Result(x.tensor(), out.tensor(), mean.tensor(), rstd.tensor()));
    Expected expected = Expected.of(x.values(), gamma.values(), beta.values(), n);
    double roundoffs = 16 + n / 8.0;
    String context = "layerNorm of " + x.tensor();
    assertClose(subject, roundoffs, expected.out, expected.size, out.values(), context);
    assertClose(
        subject, roundoffs, expected.moments.mean, expected.meanSize, mean.values(), "mean");
    assertClose(
        subject, roundoffs, expected.moments.rstd, expected.rstdSize, rstd.values(), "rstd");
  }

  private static LayerNormInputs inputs(Tensor x, Tensor residual, View gamma, View beta) {
    return new LayerNormInputs(x, residual, gamma.tensor(), beta.tensor(), EPSILON);
  }

  /** The definition's results, and what their rounding errors are relative to. */
  private record Expected(
      double[] out, double[] size, Moments moments, double[] meanSize, double[] rstdSize) {

    static Expected of(double[] x, double[] gamma, double[] beta, int n) {
      Moments moments = Moments.of(x, n);
      double[] out = new double[x.length];
      double[] size = new double[x.length];
      double[] meanSize = new double[moments.mean.length];
      for (int i = 0; i < out.length; i++) {
        int row = i / n;
        double g = gamma[i % n];
        double b = beta[i % n];
        double deviation = x[i] - moments.mean[row];
        out[i] = deviation * moments.rstd[row] * g + b;
        // The mean is rounded: an error of its own size, in units of the deviation.
        double rounded = Math.abs(deviation) + Math.abs(moments.mean[row]);
        size[i] = rounded * moments.rstd[row] * Math.abs(g) + Math.abs(b);
        meanSize[row] += Math.abs(x[i]) / n;
      }
      // Where a row hardly varies, what is left of the variance is epsilon's and rounding's.
      double[] rstdSize = new double[moments.rstd.length];
      Arrays.setAll(
          rstdSize,
          row -> moments.rstd[row] * (1 + Math.abs(moments.mean[row]) * moments.rstd[row]));
      return new Expected(out, size, moments, meanSize, rstdSize);
    }
  }

  @Test
  void ofASumIsTheNormOfTheSum() {
    for (Shape shape : Views.SHAPES) {
      if (shape.rank() > 0 && shape.dim(-1) > 0) {
        checkSum(views.of(shape, views::normal), views.of(shape, views::wide), false);
        checkSum(views.of(shape, views::wide), views.of(shape, views::normal), true);
      }
    }
  }

  private void checkSum(View x, View residual, boolean inPlace) {
    Shape shape = x.tensor().shape();
    int n = shape.dim(-1);
    View gamma = views.of(Shape.of(n), views::normal);
    View beta = views.of(Shape.of(n), views::normal);
    double[] added = new double[x.values().length];
    Arrays.setAll(added, i -> subject.rounded(x.values()[i] + residual.values()[i]));
    Shape rows = Shape.of(Arrays.copyOf(shape.dims(), shape.rank() - 1));
    Result out = Result.of(subject, shape);
    Result sum = inPlace ? out : Result.of(subject, shape);
    Result mean = Result.of(subject, rows);
    Result rstd = Result.of(subject, rows);
    LayerNormInputs in = inputs(x.tensor(), residual.tensor(), gamma, beta);
    subject
        .backend()
        .layerNorm(
            in, new LayerNormOps.Result(sum.tensor(), out.tensor(), mean.tensor(), rstd.tensor()));
    if (!inPlace) {
      assertClose(subject, 0, added, sum.values(), "sum");
    }
    Expected expected = Expected.of(added, gamma.values(), beta.values(), n);
    double roundoffs = 16 + n / 8.0;
    String context = "layerNorm of a sum with " + x.tensor();
    assertClose(subject, roundoffs, expected.out, expected.size, out.values(), context);
    assertClose(
        subject, roundoffs, expected.moments.mean, expected.meanSize, mean.values(), "mean");
    assertClose(
        subject, roundoffs, expected.moments.rstd, expected.rstdSize, rstd.values(), "rstd");
  }

  @Test
  void notANumberTakesItsRowAndNoOther() {
    double[] values = views.draw(5 * 70, views::normal);
    values[2 * 70 + 69] = Double.NaN;
    values[3 * 70 + 1] = Double.POSITIVE_INFINITY;
    Shape shape = Shape.of(5, 70);
    View ones = views.contiguous(Shape.of(70), () -> 1);
    Result out = Result.of(subject, shape);
    Result mean = Result.of(subject, Shape.of(5));
    Result rstd = Result.of(subject, Shape.of(5));
    Tensor x = subject.tensor(values, shape);
    subject
        .backend()
        .layerNorm(
            inputs(x, null, ones, ones),
            new LayerNormOps.Result(x, out.tensor(), mean.tensor(), rstd.tensor()));
    double[] results = out.values();
    for (int i = 0; i < results.length; i++) {
      assertEquals(i / 70 == 2 || i / 70 == 3, Double.isNaN(results[i]), "element " + i);
    }
  }

  @Test
  void backwardOfAnyLayout() {
    for (Shape shape : Views.SHAPES) {
      if (shape.rank() > 0 && shape.dim(-1) > 0) {
        checkBackward(views.of(shape, views::normal));
      }
    }
  }

  @Test
  void backwardOfManyRowsAndOfLongRows() {
    checkBackward(views.contiguous(Shape.of(1001, 8), views::normal));
    checkBackward(views.contiguous(Shape.of(3, 33000), views::normal));
  }

  private void checkBackward(View x) {
    Shape shape = x.tensor().shape();
    int n = shape.dim(-1);
    View gamma = views.of(Shape.of(n), views::normal);
    View g = views.of(shape, views::normal);
    Shape rows = Shape.of(Arrays.copyOf(shape.dims(), shape.rank() - 1));
    Moments moments = Moments.of(x.values(), n);
    double[] mean = subject.rounded(moments.mean);
    double[] rstd = subject.rounded(moments.rstd);
    Result dx = Result.of(subject, shape);
    Result dgamma = Result.of(subject, Shape.of(n));
    Result dbeta = Result.of(subject, Shape.of(n));
    // The output is not needed.
    LayerNormOps.Result saved =
        new LayerNormOps.Result(
            x.tensor(), null, subject.tensor(mean, rows), subject.tensor(rstd, rows));
    LayerNormOps.Gradients to =
        new LayerNormOps.Gradients(dx.tensor(), dgamma.tensor(), dbeta.tensor());
    subject.backend().layerNormBackward(gamma.tensor(), saved, g.tensor(), to);
    Gradients expected = Gradients.of(x.values(), gamma.values(), g.values(), mean, rstd, n);
    double roundoffs = 16 + n / 8.0;
    assertClose(
        subject, roundoffs, expected.dx, expected.dxSize, dx.values(), "dx of " + x.tensor());
    // A block of rows is added up one row after the other.
    roundoffs = 16 + mean.length / 2.0;
    assertClose(
        subject, roundoffs, expected.dgamma, expected.dgammaSize, dgamma.values(), "dgamma");
    assertClose(subject, roundoffs, expected.dbeta, expected.dbetaSize, dbeta.values(), "dbeta");
  }

  /**
   * The gradients through the Jacobian {@code ∂x̂ᵢ/∂xⱼ = rstd (δᵢⱼ - 1/n - x̂ᵢ x̂ⱼ/n)}, and the
   * magnitudes of what they sum.
   */
  private static final class Gradients {
    private double[] dx;
    private double[] dxSize;
    private double[] dgamma;
    private double[] dgammaSize;
    private double[] dbeta;
    private double[] dbetaSize;

    static Gradients of(
        double[] x, double[] gamma, double[] g, double[] mean, double[] rstd, int n) {
      Gradients result = new Gradients();
      result.dx = new double[x.length];
      result.dxSize = new double[x.length];
      result.dgamma = new double[n];
      result.dgammaSize = new double[n];
      result.dbeta = new double[n];
      result.dbetaSize = new double[n];
      for (int row = 0; row < x.length / n; row++) {
        result.addRow(x, gamma, g, mean[row], rstd[row], row * n, n);
      }
      return result;
    }

    private void addRow(
        double[] x, double[] gamma, double[] g, double mean, double rstd, int at, int n) {
      double[] normal = new double[n];
      Arrays.setAll(normal, i -> (x[at + i] - mean) * rstd);
      // Σᵢ gᵢ γᵢ (1 + x̂ᵢ x̂ⱼ) splits into two sums that all j share.
      Sum plain = new Sum();
      Sum weighted = new Sum();
      double plainSize = 0;
      double weightedSize = 0;
      for (int i = 0; i < n; i++) {
        double inner = g[at + i] * gamma[i];
        plain.add(inner);
        weighted.add(inner * normal[i]);
        plainSize += Math.abs(inner);
        weightedSize += Math.abs(inner * normal[i]);
        dgamma[i] += g[at + i] * normal[i];
        dgammaSize[i] += Math.abs(g[at + i] * normal[i]);
        dbeta[i] += g[at + i];
        dbetaSize[i] += Math.abs(g[at + i]);
      }
      for (int j = 0; j < n; j++) {
        double inner = g[at + j] * gamma[j];
        dx[at + j] = rstd * (inner - (plain.value() + normal[j] * weighted.value()) / n);
        dxSize[at + j] =
            rstd * (Math.abs(inner) + (plainSize + Math.abs(normal[j]) * weightedSize) / n);
      }
    }
  }
}
