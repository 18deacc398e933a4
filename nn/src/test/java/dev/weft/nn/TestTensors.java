package dev.weft.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Map;
import java.util.function.Supplier;

/** Inputs and comparisons that the layers' tests share. */
final class TestTensors {
  private TestTensors() {}

  static Variable normal(long seed, int... dims) {
    return Variable.of(Ops.randomNormal(DType.F64, Shape.of(dims), new RandomKey(seed, 0)));
  }

  /** Weights far from their usual small and constant starts, so that every term counts. */
  static Weights lively(long seed) {
    Weights random = Weights.random(DType.F64, new RandomSource(seed));
    return new Weights() {
      @Override
      public Variable parameter(String name, Init init, int... dims) {
        return random.parameter(name, Init.normal(0.5), dims);
      }

      @Override
      public DType dtype() {
        return DType.F64;
      }
    };
  }

  static void assertClose(double[] expected, Tensor actual, double tolerance) {
    double[] values = actual.toDoubles();
    assertEquals(expected.length, values.length, "number of elements");
    for (int i = 0; i < values.length; i++) {
      double bound = tolerance * Math.max(1, Math.abs(expected[i]));
      assertEquals(expected[i], values[i], bound, "element " + i);
    }
  }

  static void assertClose(double[][] expected, Tensor actual, double tolerance) {
    assertClose(Reference.flatten(expected), actual, tolerance);
  }

  /**
   * Compares the gradient of every parameter with the slope of {@code Σ c · output} along a random
   * direction, and fails where a parameter has none.
   */
  static void assertGradients(Map<String, Variable> parameters, Supplier<Variable> forward) {
    Variable output = forward.get();
    Tensor cotangent = Ops.randomNormal(DType.F64, output.shape(), new RandomKey(77, 1));
    parameters.values().forEach(Variable::clearGrad);
    output.backward(cotangent);
    parameters.forEach(
        (name, parameter) -> {
          assertTrue(parameter.grad() != null, () -> "no gradient reaches " + name);
          Tensor way = Ops.randomNormal(DType.F64, parameter.shape(), new RandomKey(78, 2));
          double expected =
              (shifted(parameter, way, 1e-5, forward, cotangent)
                      - shifted(parameter, way, -1e-5, forward, cotangent))
                  / 2e-5;
          double actual = Ops.sum(Ops.multiply(parameter.grad(), way), false).item();
          assertEquals(expected, actual, 1e-6 * Math.max(1, Math.abs(expected)), name);
        });
  }

  private static double shifted(
      Variable parameter, Tensor way, double step, Supplier<Variable> forward, Tensor cotangent) {
    Tensor before = Ops.copy(parameter.value());
    Ops.addInto(parameter.value(), Ops.multiply(way, step));
    double sum = Ops.sum(Ops.multiply(forward.get().value(), cotangent), false).item();
    Ops.copyInto(parameter.value(), before);
    return sum;
  }
}
