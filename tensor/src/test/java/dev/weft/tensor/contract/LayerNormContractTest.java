package dev.weft.tensor.contract;

import static dev.weft.tensor.contract.Close.assertClose;

import dev.weft.tensor.Shape;
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
        checkForward(views.of(shape, views::normal), 0);
        checkForward(views.of(shape, views::wide), 0);
      }
    }
  }

  @Test
  void forwardFarFromZero() {
    double[] values = views.draw(64, () -> 5000 + views.normal());
    checkForward(new View(subject.tensor(values, Shape.of(1, 64)), values), 5000);
  }

  private void checkForward(View x, double centre) {
    Shape shape = x.tensor().shape();
    int n = shape.dim(-1);
    View gamma = views.of(Shape.of(n), views::normal);
    View beta = views.of(Shape.of(n), views::normal);
    Shape rows = Shape.of(Arrays.copyOf(shape.dims(), shape.rank() - 1));
    Result out = Result.of(subject, shape);
    Result mean = Result.of(subject, rows);
    Result rstd = Result.of(subject, rows);
    subject
        .backend()
        .layerNorm(
            x.tensor(),
            gamma.tensor(),
            beta.tensor(),
            EPSILON,
            out.tensor(),
            mean.tensor(),
            rstd.tensor());
    Moments moments = Moments.of(x.values(), n);
    double[] expected = new double[x.values().length];
    double[] magnitudes = new double[expected.length];
    double[] meanMagnitudes = new double[moments.mean.length];
    for (int i = 0; i < expected.length; i++) {
      int row = i / n;
      double g = gamma.values()[i % n];
      double b = beta.values()[i % n];
      double deviation = x.values()[i] - moments.mean[row];
      expected[i] = deviation * moments.rstd[row] * g + b;
      // The mean is rounded once: an error of its own size, in units of the deviation.
      double rounded = Math.abs(deviation) + Math.abs(moments.mean[row]) + centre;
      magnitudes[i] = rounded * moments.rstd[row] * Math.abs(g) + Math.abs(b);
      meanMagnitudes[row] += Math.abs(x.values()[i]) / n;
    }
    double roundoffs = 16 + n / 8.0;
    String context = "layerNorm of " + x.tensor();
    assertClose(subject, roundoffs, expected, magnitudes, out.values(), context);
    assertClose(subject, roundoffs, moments.mean, meanMagnitudes, mean.values(), "mean");
    // Where a row hardly varies, what is left of the variance is epsilon's and rounding's.
    double[] rstdMagnitudes = new double[moments.rstd.length];
    Arrays.setAll(
        rstdMagnitudes,
        row -> moments.rstd[row] * (1 + Math.abs(moments.mean[row]) * moments.rstd[row]));
    assertClose(subject, roundoffs, moments.rstd, rstdMagnitudes, rstd.values(), "rstd");
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
    subject
        .backend()
        .layerNormBackward(
            x.tensor(),
            gamma.tensor(),
            subject.tensor(mean, rows),
            subject.tensor(rstd, rows),
            g.tensor(),
            dx.tensor(),
            dgamma.tensor(),
            dbeta.tensor());
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
