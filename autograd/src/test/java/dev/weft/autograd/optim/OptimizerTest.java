package dev.weft.autograd.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {

  static List<Function<Map<String, Variable>, Optimizer>> kinds() {
    return List.of(
        parameters -> new Sgd(parameters, Sgd.Options.of(0.1).withMomentum(0.9)),
        parameters ->
            new Sgd(
                parameters,
                Sgd.Options.of(0.1).withMomentum(0.8).withDampening(0.2).withWeightDecay(0.1)),
        parameters -> new Adam(parameters, Adam.Options.of(0.01).withWeightDecay(0.1)),
        parameters -> new Adam(parameters, Adam.Options.of(0.01).withDecoupledWeightDecay(0.1)));
  }

  private static Map<String, Variable> parameters() {
    Map<String, Variable> parameters = new LinkedHashMap<>();
    parameters.put("layer.weight", Variable.parameter(random(DType.F32, 0, 3, 2)));
    parameters.put("layer.bias", Variable.parameter(random(DType.F32, 1, 2)));
    parameters.put("unused", Variable.parameter(random(DType.F32, 2, 4)));
    return parameters;
  }

  private static Tensor random(DType dtype, long stream, int... dims) {
    return Ops.randomNormal(dtype, Shape.of(dims), new RandomKey(1, stream));
  }

  /** Steps {@code from} to {@code to} with the gradients that belong to them. */
  private static void run(Map<String, Variable> parameters, Optimizer optimizer, int from, int to) {
    for (int step = from; step < to; step++) {
      try (Scope _ = Scope.open()) {
        optimizer.zeroGrad();
        parameters.get("layer.weight").backward(random(DType.F32, 10 + step, 3, 2));
        if (step % 2 == 0) {
          parameters.get("layer.bias").backward(random(DType.F32, 50 + step, 2));
        }
        optimizer.step();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aLoadedStateGoesOnInTheSameBits(Function<Map<String, Variable>, Optimizer> kind) {
    Map<String, Variable> unbroken = parameters();
    run(unbroken, kind.apply(unbroken), 0, 8);

    Map<String, Variable> first = parameters();
    Optimizer before = kind.apply(first);
    run(first, before, 0, 5);
    Map<String, Variable> second = parameters();
    second.forEach((name, p) -> Ops.copyInto(p.value(), first.get(name).value()));
    Optimizer after = kind.apply(second);
    after.loadState(before.state());
    run(second, after, 5, 8);

    unbroken.forEach(
        (name, p) ->
            assertArrayEquals(p.value().toFloats(), second.get(name).value().toFloats(), name));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void parametersWithoutGradientStay(Function<Map<String, Variable>, Optimizer> kind) {
    Map<String, Variable> parameters = parameters();
    Optimizer optimizer = kind.apply(parameters);
    run(parameters, optimizer, 0, 3);
    float[] initial = parameters().get("unused").value().toFloats();
    assertArrayEquals(initial, parameters.get("unused").value().toFloats());
    assertTrue(optimizer.state().keySet().stream().noneMatch(name -> name.startsWith("unused")));
    optimizer.zeroGrad();
    assertNull(parameters.get("layer.weight").grad());
  }

  @Test
  void aStateThatDoesNotFitIsNamedAndChangesNothing() {
    Map<String, Variable> parameters = parameters();
    Adam adam = new Adam(parameters, Adam.Options.of(0.1));
    run(parameters, adam, 0, 1);
    double[] m = adam.state().get("layer.bias.m").toDoubles();
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put("layer.bias.m", Tensor.of(new float[2]));
    state.put("head.m", Tensor.of(new float[2]));
    assertRefused(adam, state, "head.m");
    state.remove("head.m");
    state.put("layer.weight.v", Tensor.of(new float[6]));
    assertRefused(adam, state, "layer.weight.v is F32[6]; it must be F32[3, 2]");
    assertRefused(adam, Map.of("layer.bias.momentum", Tensor.of(new float[2])), "momentum");
    assertArrayEquals(m, adam.state().get("layer.bias.m").toDoubles());
  }

  private static void assertRefused(Optimizer optimizer, Map<String, Tensor> state, String words) {
    TensorException error = assertThrows(TensorException.class, () -> optimizer.loadState(state));
    assertTrue(error.getMessage().contains(words), error.getMessage());
  }

  @Test
  void nesterovAndDampeningAreTheirFormulas() {
    Variable weight = Variable.parameter(Tensor.of(new double[] {1.5}));
    Sgd sgd =
        new Sgd(
            Map.of("w", weight),
            Sgd.Options.of(0.1)
                .withMomentum(0.9)
                .withDampening(0.3)
                .withWeightDecay(0.01)
                .withNesterov());
    double theta = 1.5;
    double buffer = 0;
    for (int step = 0; step < 4; step++) {
      double g = 0.7 - step;
      double d = g + 0.01 * theta;
      buffer = step == 0 ? d : 0.9 * buffer + 0.7 * d;
      theta -= 0.1 * (d + 0.9 * buffer);
      sgd.zeroGrad();
      weight.backward(Tensor.of(new double[] {g}));
      sgd.step();
      assertEquals(theta, weight.value().item(), 1e-14);
    }
  }

  @Test
  void theLearningRateMayChangeBetweenSteps() {
    Variable weight = Variable.parameter(Tensor.of(new double[] {1}));
    Sgd sgd = new Sgd(Map.of("w", weight), Sgd.Options.of(0.1));
    weight.backward(Tensor.of(new double[] {1}));
    sgd.step();
    sgd.setLearningRate(0.4);
    sgd.step();
    assertEquals(0.5, weight.value().item(), 1e-15);
    assertEquals(0.4, sgd.learningRate());
  }

  @Test
  void onlyContiguousLeavesCanBeUpdated() {
    Variable view = Variable.parameter(random(DType.F32, 0, 3, 2).transpose(0, 1));
    TensorException error =
        assertThrows(TensorException.class, () -> new Sgd(Map.of("w", view), Sgd.Options.of(0.1)));
    assertTrue(error.getMessage().contains("w must be a contiguous leaf"));
  }
}
