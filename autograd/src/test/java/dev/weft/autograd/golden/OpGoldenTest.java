package dev.weft.autograd.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.Optimizer;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every op and optimiser against what PyTorch computed. The system property {@code weft.goldens}
 * names another root folder, with {@code ops/} below it, to run other sets of the same form.
 */
class OpGoldenTest {

  @TestFactory
  Stream<DynamicTest> cases() throws IOException, URISyntaxException {
    if (!Files.isDirectory(folder())) {
      // A test that says why it is skipped: an aborted factory would not be counted.
      return Stream.of(dynamicTest("ops", () -> Assumptions.abort("no folder " + folder())));
    }
    GoldenFolder goldens = new GoldenFolder(folder());
    assertFalse(goldens.manifest().path("cases").isEmpty(), "no cases in " + folder());
    return stream(goldens.manifest().path("cases"))
        .map(test -> dynamicTest(test.get("name").asText(), () -> checkCase(goldens, test)));
  }

  @TestFactory
  Stream<DynamicTest> optimizers() throws IOException, URISyntaxException {
    if (!Files.isDirectory(folder())) {
      return Stream.empty();
    }
    GoldenFolder goldens = new GoldenFolder(folder());
    return stream(goldens.manifest().path("optimizers"))
        .map(run -> dynamicTest(run.get("name").asText(), () -> checkRun(goldens, run)));
  }

  private static Path folder() throws URISyntaxException {
    String root = System.getProperty("weft.goldens");
    if (root != null) {
      return Path.of(root).resolve("ops");
    }
    URL copies = OpGoldenTest.class.getResource("/goldens/ops/manifest.json");
    return Path.of(copies.toURI()).getParent();
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    List<JsonNode> nodes = new ArrayList<>();
    array.forEach(nodes::add);
    return nodes.stream();
  }

  private static void checkCase(GoldenFolder goldens, JsonNode test) {
    List<Variable> inputs = new ArrayList<>();
    test.get("inputs").forEach(name -> inputs.add(parameter(goldens, name)));
    List<Tensor> indices = new ArrayList<>();
    test.get("indices").forEach(name -> indices.add(goldens.tensor(name.asText())));
    for (Variable input : inputs) {
      assertEquals(DType.valueOf(test.get("dtype").asText()), input.dtype());
    }
    Arguments args = new Arguments(test.get("args"));
    Variable output = GoldenOps.apply(test.get("op").asText(), args, inputs, indices);
    args.requireAllUsed();
    double tolerance = test.get("relative_tolerance").asDouble();
    assertClose("output", goldens.tensor(test.get("output").asText()), output.value(), tolerance);
    output.backward(goldens.tensor(test.get("output_cotangent").asText()));
    for (int i = 0; i < inputs.size(); i++) {
      JsonNode gradient = test.get("input_gradients").get(i);
      if (!gradient.isNull()) {
        Tensor expected = goldens.tensor(gradient.asText());
        assertClose("gradient " + i, expected, inputs.get(i).grad(), tolerance);
      }
    }
  }

  private static Variable parameter(GoldenFolder goldens, JsonNode name) {
    return Variable.parameter(goldens.tensor(name.asText()));
  }

  private static void checkRun(GoldenFolder goldens, JsonNode run) {
    Variable weight = parameter(goldens, run.get("initial"));
    Tensor gradients = goldens.tensor(run.get("gradients").asText());
    Tensor trajectory = goldens.tensor(run.get("trajectory").asText());
    Arguments options = new Arguments(run.get("options"));
    Optimizer optimizer = GoldenOptimizers.create(run.get("optimizer").asText(), options, weight);
    options.requireAllUsed();
    for (int step = 0; step < gradients.dim(0); step++) {
      optimizer.zeroGrad();
      weight.backward(Ops.contiguous(gradients.select(0, step)));
      optimizer.step();
      assertClose(
          "weight after step " + (step + 1),
          trajectory.select(0, step),
          weight.value(),
          run.get("relative_tolerance").asDouble());
    }
  }

  /** The greatest difference, relative to the greatest expected magnitude. */
  private static void assertClose(
      String what, Tensor expected, Tensor actual, double relativeTolerance) {
    assertEquals(expected.shape(), actual.shape(), what);
    assertEquals(expected.dtype(), actual.dtype(), what);
    double[] golden = expected.toDoubles();
    double[] ours = actual.toDoubles();
    double magnitude = 0;
    double difference = 0;
    for (int i = 0; i < golden.length; i++) {
      magnitude = Math.max(magnitude, Math.abs(golden[i]));
      difference = Math.max(difference, Math.abs(golden[i] - ours[i]));
    }
    double bound = relativeTolerance * (magnitude == 0 ? 1 : magnitude);
    assertTrue(difference <= bound, what + " differs by " + difference + ", more than " + bound);
  }
}
