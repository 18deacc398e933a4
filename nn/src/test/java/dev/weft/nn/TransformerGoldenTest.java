package dev.weft.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.autograd.Variable;
import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.CheckpointWeights;
import dev.weft.nn.checkpoint.Naming;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The layer against PyTorch's: output and every gradient. */
class TransformerGoldenTest {
  /** Our names for PyTorch's. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("attention.queryKeyValue.weight", "self_attn.in_proj_weight"),
          Map.entry("attention.queryKeyValue.bias", "self_attn.in_proj_bias"),
          Map.entry("attention.output.weight", "self_attn.out_proj.weight"),
          Map.entry("attention.output.bias", "self_attn.out_proj.bias"),
          Map.entry("feedForward.intermediate.weight", "linear1.weight"),
          Map.entry("feedForward.intermediate.bias", "linear1.bias"),
          Map.entry("feedForward.output.weight", "linear2.weight"),
          Map.entry("feedForward.output.bias", "linear2.bias"),
          Map.entry("attentionNorm.weight", "norm1.weight"),
          Map.entry("attentionNorm.bias", "norm1.bias"),
          Map.entry("feedForwardNorm.weight", "norm2.weight"),
          Map.entry("feedForwardNorm.bias", "norm2.bias"));

  private static Path folder() {
    String goldens = System.getProperty("weft.goldens");
    Path folder = goldens == null ? TestFiles.shared("ops") : Path.of(goldens, "ops");
    assumeTrue(Files.exists(folder.resolve("manifest.json")), () -> "no manifest in " + folder);
    return folder;
  }

  /** Without goldens a test that is skipped: a factory that gives up is not counted as one. */
  @Test
  void goldensAreThere() {
    assertNotNull(folder());
  }

  @TestFactory
  List<DynamicTest> postNormLayer() throws IOException {
    Path folder = folder();
    JsonNode manifest =
        new ObjectMapper().readTree(Files.readAllBytes(folder.resolve("manifest.json")));
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : manifest.get("cases")) {
      if (golden.get("op").textValue().equals("transformer_encoder_layer_post_norm")) {
        Path tensors = folder.resolve("ops.safetensors");
        tests.add(
            DynamicTest.dynamicTest(golden.get("name").textValue(), () -> run(golden, tensors)));
      }
    }
    return tests;
  }

  private static void run(JsonNode golden, Path tensors) {
    DType dtype = DType.valueOf(golden.get("dtype").textValue());
    double tolerance = golden.get("relative_tolerance").doubleValue();
    List<String> parameters = texts(golden.get("args").get("parameters"));
    List<String> inputs = texts(golden.get("inputs"));
    List<String> gradients = texts(golden.get("input_gradients"));
    Naming naming = name -> List.of(inputs.get(1 + parameters.indexOf(NAMES.get(name))));
    try (Checkpoint checkpoint = SafeTensors.open(tensors)) {
      Variable x = Variable.parameter(checkpoint.load(inputs.getFirst()));
      CheckpointWeights weights = new CheckpointWeights(checkpoint, "golden", dtype, naming);
      TransformerLayer layer = layer(weights, x.dim(2), parameters, inputs, checkpoint, golden);
      weights.verify();

      Variable y = layer.forward(x, null, Mode.inference());
      assertGolden(
          "output", checkpoint.load(golden.get("output").textValue()), y.value(), tolerance);
      y.backward(checkpoint.load(golden.get("output_cotangent").textValue()));
      assertGolden("x", checkpoint.load(gradients.getFirst()), x.grad(), tolerance);
      Map<String, Variable> own = new HashMap<>(layer.parameters());
      assertEquals(parameters.size(), own.size());
      own.forEach(
          (name, parameter) -> {
            String gradient = gradients.get(1 + parameters.indexOf(NAMES.get(name)));
            assertGolden(name, checkpoint.load(gradient), parameter.grad(), tolerance);
          });
    }
  }

  private static TransformerLayer layer(
      CheckpointWeights weights,
      int hidden,
      List<String> parameters,
      List<String> inputs,
      Checkpoint checkpoint,
      JsonNode golden) {
    String inner = inputs.get(1 + parameters.indexOf("linear1.bias"));
    return TransformerLayer.create(
        weights,
        TransformerConfig.builder(1, hidden)
            .heads(golden.get("args").get("heads").intValue())
            .feedForwardSize(checkpoint.tensors().get(inner).shape().dim(0))
            .epsilon(golden.get("args").get("eps").doubleValue())
            .build());
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.textValue()));
    return texts;
  }

  /** In terms of the tensor's greatest value. */
  private static void assertGolden(String what, Tensor expected, Tensor actual, double tolerance) {
    assertEquals(expected.shape(), actual.shape(), what);
    double[] want = expected.toDoubles();
    double[] have = actual.toDoubles();
    double scale = 0;
    for (double value : want) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], have[i], tolerance * scale, what + " at " + i);
    }
  }
}
