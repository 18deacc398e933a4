package dev.weft.tensor.contract;

import static dev.weft.tensor.contract.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.Philox;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import java.util.Arrays;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.moment.Variance;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;

/** Random numbers: the same ones from every backend, and of the right distribution. */
@BackendContract
class RandomContractTest {
  private static final RandomKey KEY = new RandomKey(0x1234_5678_9ABC_DEF0L, 7);

  private final Subject subject;
  private final Views views;

  RandomContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 18);
  }

  @Test
  void uniformNumbersAreThoseOfTheStream() {
    for (Shape shape : Views.SHAPES) {
      Result out = Result.of(subject, shape);
      subject.backend().randomUniform(KEY, out.tensor());
      double[] expected = new double[shape.numel()];
      Arrays.setAll(expected, i -> Philox.uniform(KEY, i));
      assertArrayEquals(expected, out.values());
    }
  }

  @Test
  void normalNumbersAreBoxAndMullersOfTheStream() {
    Shape shape = Shape.of(40001);
    Result out = Result.of(subject, shape);
    subject.backend().randomNormal(KEY, out.tensor());
    double[] expected = new double[shape.numel()];
    for (int i = 0; i < expected.length; i++) {
      int even = i & ~1;
      double u = Philox.uniform(KEY, even) + 0x1p-24;
      double angle = 2 * Math.PI * Philox.uniform(KEY, even + 1);
      double radius = StrictMath.sqrt(-2 * StrictMath.log(u));
      expected[i] = radius * (i == even ? StrictMath.cos(angle) : StrictMath.sin(angle));
    }
    assertClose(subject, 2, expected, out.values(), "normal");
  }

  @Test
  void normalNumbersAreNormal() {
    Result out = Result.of(subject, Shape.of(20000));
    subject.backend().randomNormal(KEY, out.tensor());
    double[] values = out.values();
    assertEquals(0, new Mean().evaluate(values), 0.03);
    assertEquals(1, new Variance().evaluate(values), 0.03);
    double p =
        new KolmogorovSmirnovTest()
            .kolmogorovSmirnovTest(new NormalDistribution(null, 0, 1), values);
    assertTrue(p > 0.01, "Kolmogorov-Smirnov p = " + p);
  }

  @Test
  void dropoutDependsOnKeyAndPositionOnly() {
    for (Shape shape : Views.SHAPES) {
      View x = views.of(shape, views::normal);
      Result out = Result.of(subject, shape);
      subject.backend().dropout(x.tensor(), 0.3, KEY, out.tensor());
      double[] expected = new double[shape.numel()];
      Arrays.setAll(expected, i -> Philox.uniform(KEY, i) >= 0.3 ? x.values()[i] / (1 - 0.3) : 0);
      assertClose(subject, 2, expected, out.values(), "dropout");
    }
  }

  @Test
  void dropoutOfNothingAndOfNearlyAll() {
    View x = views.of(Shape.of(1000), views::normal);
    Result out = Result.of(subject, Shape.of(1000));
    subject.backend().dropout(x.tensor(), 0, KEY, out.tensor());
    assertArrayEquals(x.values(), out.values());
    subject.backend().dropout(x.tensor(), 0.99, KEY, out.tensor());
    long left = Arrays.stream(out.values()).filter(value -> value != 0).count();
    assertTrue(left < 40, left + " of 1000 left");
  }
}
