package dev.weft.autograd.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.weft.autograd.GradientCheck;
import dev.weft.autograd.Variable;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every op of the package, with random shapes and arguments, in every memory layout. */
class OpGradientTest {
  private static final int SEEDS = 12;

  @Test
  void everyOpHasACheck() throws IOException, URISyntaxException, ClassNotFoundException {
    Path folder =
        Path.of(Add.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve(Add.class.getPackageName().replace('.', '/'));
    Set<String> ops = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (String file : files.map(path -> path.getFileName().toString()).toList()) {
        String name = file.replace(".class", "");
        Class<?> type = Class.forName(Add.class.getPackageName() + "." + name);
        // Enums and records are arguments of ops.
        if (Modifier.isPublic(type.getModifiers()) && !type.isEnum() && !type.isRecord()) {
          ops.add(type.getSimpleName());
        }
      }
    }
    Set<String> checked =
        OpCases.all().keySet().stream().map(Class::getSimpleName).collect(Collectors.toSet());
    assertEquals(ops, new TreeSet<>(checked), "ops of the package and ops with a gradient check");
  }

  @TestFactory
  Stream<DynamicTest> gradients() {
    Stream<DynamicTest> unary =
        Arrays.stream(UnaryOp.values())
            .flatMap(op -> tests("unary " + op, draw -> OpCases.unary(op, draw)));
    Stream<DynamicTest> others =
        OpCases.all().entrySet().stream()
            .flatMap(entry -> tests(entry.getKey().getSimpleName(), entry.getValue()));
    return Stream.concat(unary, others);
  }

  private static Stream<DynamicTest> tests(String name, Function<Draw, OpCase> draws) {
    return Arrays.stream(Layout.values())
        .map(
            layout ->
                dynamicTest(
                    name + " " + layout,
                    () -> {
                      for (int seed = 0; seed < SEEDS; seed++) {
                        check(draws.apply(new Draw(seed)), layout);
                      }
                    }));
  }

  private static void check(OpCase opCase, Layout layout) {
    Tensor[] stored = opCase.inputs().stream().map(layout::store).toArray(Tensor[]::new);
    // The output passes through the layout too, so that the op's gradOutput is not row-major.
    GradientCheck.Function function =
        in -> layout.outputView(opCase.function().apply(in.stream().map(layout::view).toList()));
    GradientCheck.check(function, stored);
    sameValueAsRowMajor(opCase, layout);
    touchesNeitherInputsNorCotangent(opCase);
    sameGradientsOneByOne(opCase);
    sameInF32(opCase);
  }

  private static void sameValueAsRowMajor(OpCase opCase, Layout layout) {
    List<Variable> views =
        constants(opCase.inputs().stream().map(layout::store).toList()).stream()
            .map(layout::view)
            .toList();
    Tensor expected = opCase.function().apply(constants(opCase.inputs())).value();
    Tensor actual = opCase.function().apply(views).value();
    assertEquals(expected.shape(), actual.shape());
    assertArrayEquals(expected.toDoubles(), actual.toDoubles(), 1e-12);
  }

  private static void touchesNeitherInputsNorCotangent(OpCase opCase) {
    List<double[]> before = opCase.inputs().stream().map(Tensor::toDoubles).toList();
    Variable output = opCase.function().apply(parameters(opCase.inputs()));
    double[] value = output.value().toDoubles();
    Tensor cotangent = cotangent(output);
    double[] given = cotangent.toDoubles();
    output.backward(cotangent);
    assertArrayEquals(given, cotangent.toDoubles(), "the gradient given was written to");
    assertArrayEquals(value, output.value().toDoubles(), "the output was written to");
    for (int i = 0; i < before.size(); i++) {
      assertArrayEquals(before.get(i), opCase.inputs().get(i).toDoubles(), "input " + i);
    }
  }

  /** With one parameter among constants, its gradient is the one it has among parameters. */
  private static void sameGradientsOneByOne(OpCase opCase) {
    List<Variable> together = parameters(opCase.inputs());
    Variable output = opCase.function().apply(together);
    output.backward(cotangent(output));
    for (int i = 0; i < together.size(); i++) {
      List<Variable> alone = new ArrayList<>(constants(opCase.inputs()));
      alone.set(i, Variable.parameter(opCase.inputs().get(i)));
      Variable again = opCase.function().apply(alone);
      again.backward(cotangent(again));
      assertArrayEquals(
          together.get(i).grad().toDoubles(), alone.get(i).grad().toDoubles(), "input " + i);
    }
  }

  private static void sameInF32(OpCase opCase) {
    List<Variable> wide = parameters(opCase.inputs());
    List<Variable> narrow =
        parameters(opCase.inputs().stream().map(x -> Ops.cast(x, DType.F32)).toList());
    Variable expected = opCase.function().apply(wide);
    Variable actual = opCase.function().apply(narrow);
    assertEquals(DType.F32, actual.dtype());
    assertArrayEquals(expected.value().toDoubles(), actual.value().toDoubles(), 1e-4);
    Tensor cotangent = cotangent(expected);
    expected.backward(cotangent);
    actual.backward(Ops.cast(cotangent, DType.F32));
    for (int i = 0; i < wide.size(); i++) {
      double[] gradient = wide.get(i).grad().toDoubles();
      assertArrayEquals(gradient, narrow.get(i).grad().toDoubles(), 1e-3, "F32, input " + i);
    }
  }

  private static Tensor cotangent(Variable output) {
    return Ops.randomNormal(output.dtype(), output.shape(), new RandomKey(1, 2));
  }

  private static List<Variable> parameters(List<Tensor> tensors) {
    return tensors.stream().map(Variable::parameter).toList();
  }

  private static List<Variable> constants(List<Tensor> tensors) {
    return tensors.stream().map(Variable::of).toList();
  }
}
