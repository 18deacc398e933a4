package dev.weft.tensor.contract;

import static dev.weft.tensor.contract.Close.assertClose;

import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.AdamSlot;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adam and AdamW against the papers' algorithms. */
@BackendContract
class AdamContractTest {
  private final Subject subject;
  private final Views views;

  AdamContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 19);
  }

  @ParameterizedTest
  @CsvSource({"1, 0, false", "1, 0.01, false", "10, 0.01, true", "5000, 0.1, true"})
  void oneStep(long number, double decay, boolean decoupled) {
    for (Shape shape : Views.SHAPES) {
      check(new AdamOptions(1e-3, 0.9, 0.999, 1e-8, decay, decoupled, number), shape);
    }
  }

  private void check(AdamOptions o, Shape shape) {
    int n = shape.numel();
    double[] theta = views.draw(n, views::normal);
    double[] gradient = views.draw(n, views::wide);
    double[] m = views.draw(n, views::normal);
    double[] v = views.draw(n, () -> Math.abs(views.normal()));
    Result weight = Result.holding(subject, theta, shape);
    Result first = Result.holding(subject, m, shape);
    Result second = Result.holding(subject, v, shape);
    subject
        .backend()
        .adamStep(
            o, weight.tensor(), subject.tensor(gradient, shape), first.tensor(), second.tensor());
    double[] expected = new double[n];
    double[] magnitudes = new double[n];
    double[] mSize = new double[n];
    for (int i = 0; i < n; i++) {
      double g = o.decoupled() ? gradient[i] : gradient[i] + o.weightDecay() * theta[i];
      mSize[i] = Math.abs(m[i]) + Math.abs(g);
      m[i] = o.beta1() * m[i] + (1 - o.beta1()) * g;
      v[i] = o.beta2() * v[i] + (1 - o.beta2()) * g * g;
      double mHat = m[i] / (1 - StrictMath.pow(o.beta1(), (double) o.step()));
      double vHat = v[i] / (1 - StrictMath.pow(o.beta2(), (double) o.step()));
      double step = o.learningRate() * mHat / (StrictMath.sqrt(vHat) + o.epsilon());
      double decay = o.decoupled() ? o.learningRate() * o.weightDecay() * theta[i] : 0;
      expected[i] = theta[i] - decay - step;
      magnitudes[i] = Math.abs(theta[i]) + Math.abs(step) * (1 + mSize[i] / Math.abs(m[i]));
    }
    assertClose(subject, 8, m, mSize, first.values(), "m " + o);
    assertClose(subject, 8, v, second.values(), "v " + o);
    assertClose(subject, 8, expected, magnitudes, weight.values(), "weight " + o);
  }

  @Test
  void noGradientMovesNothing() {
    Shape shape = Shape.of(100);
    double[] theta = views.draw(100, views::normal);
    Result weight = Result.holding(subject, theta, shape);
    Result m = Result.holding(subject, new double[100], shape);
    Result v = Result.holding(subject, new double[100], shape);
    AdamOptions options = new AdamOptions(1e-3, 0.9, 0.999, 1e-8, 0, false, 1);
    subject
        .backend()
        .adamStep(
            options,
            weight.tensor(),
            subject.tensor(new double[100], shape),
            m.tensor(),
            v.tensor());
    assertClose(subject, 0, theta, weight.values(), "weight");
  }

  private AdamSlot slot(double[] gradient) {
    int n = gradient.length;
    Shape shape = Shape.of(n);
    return new AdamSlot(
        subject.tensor(Close.repeated(1, n), shape),
        subject.tensor(gradient, shape),
        subject.tensor(new double[n], shape),
        subject.tensor(new double[n], shape));
  }

  private Tensor wide(double value) {
    return subject.tensor(DType.F64, new double[] {value}, Shape.of(1));
  }

  @Test
  void manyParametersWithAFactorForAllGradients() {
    List<double[]> gradients = new ArrayList<>();
    for (int n : new int[] {1, 5, 70, 0, 1500}) {
      gradients.add(views.draw(n, views::normal));
    }
    AdamOptions options = new AdamOptions(1e-2, 0.9, 0.999, 1e-3, 0.1, false, 2);
    List<AdamSlot> slots = gradients.stream().map(this::slot).toList();
    subject.backend().adamSteps(options, slots, wide(Double.NaN));
    subject.backend().adamSteps(options, slots, wide(0.25));
    for (int t = 0; t < slots.size(); t++) {
      double[] scaled = Arrays.stream(gradients.get(t)).map(g -> 0.25 * g).toArray();
      AdamSlot alone = slot(scaled);
      subject.backend().adamStep(options, alone.weight(), alone.gradient(), alone.m(), alone.v());
      double[] expected = subject.read(alone.weight());
      assertClose(subject, 8, expected, subject.read(slots.get(t).weight()), "weight " + t);
      assertClose(subject, 8, subject.read(alone.v()), subject.read(slots.get(t).v()), "v " + t);
    }
    subject.backend().adamSteps(options, List.of(), wide(1));
  }

  @Test
  void theSquaresOfAllElements() {
    double expected = 0;
    List<Tensor> tensors = new ArrayList<>();
    for (Shape shape : List.of(Shape.of(3, 5), Shape.of(1), Shape.of(0), Shape.of(4500))) {
      double[] values = subject.rounded(views.draw(shape.numel(), views::normal));
      tensors.add(subject.tensor(values, shape));
      expected += Sum.of(Arrays.stream(values).map(x -> x * x).toArray());
    }
    Tensor out = wide(0);
    subject.backend().sumOfSquares(tensors, out);
    double found = subject.read(out)[0];
    assertClose(subject, 64, new double[] {expected}, new double[] {found}, "squares");
    subject.backend().sumOfSquares(List.of(), out);
    assertClose(subject, 0, new double[1], subject.read(out), "nothing");
  }
}
