package dev.weft.mp4sr.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.autograd.Variable;
import dev.weft.nn.Mode;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole model against numbers that the authors' code computed. Every case in {@code m2se} below
 * the folder of the system property {@code weft.goldens} is run; the default is a copy that ships
 * with the tests. In F64 each number holds to 1e-6 of itself; in F32, which training uses, to 2e-5
 * of itself or 4e-6 of the tensor's greatest, whichever is more (a rounding is 6e-8).
 */
class M2seGoldenTest {

  /** Every file in both element types. */
  static Stream<Arguments> cases() throws IOException, URISyntaxException {
    String given = System.getProperty("weft.goldens");
    Path root =
        given == null
            ? Path.of(M2seGoldenTest.class.getResource("/goldens").toURI())
            : Path.of(given);
    try (Stream<Path> files = Files.list(root.resolve("m2se"))) {
      List<Path> found = files.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
      assertTrue(!found.isEmpty(), "no cases in " + root);
      return found.stream()
          .flatMap(f -> Stream.of(DType.F64, DType.F32).map(dtype -> Arguments.of(f, dtype)));
    }
  }

  /** One case: its configuration and numbers, and the element type to compute in. */
  private record Golden(
      JsonNode json, Map<String, Tensor> tensors, M2seConfig config, DType dtype) {

    static Golden read(Path file, DType dtype) throws IOException {
      Path config = Path.of(file.toString().replaceAll("safetensors$", "json"));
      JsonNode json = new ObjectMapper().readTree(config.toFile());
      assertEquals("gelu", json.get("hidden_act").asText());
      return new Golden(json, SafeTensors.read(file), config(json), dtype);
    }

    private static M2seConfig config(JsonNode json) {
      return M2seConfig.builder()
          .hiddenSize(json.get("hidden_size").asInt())
          .feedForwardSize(json.get("inner_size").asInt())
          .layers(json.get("n_layers").asInt())
          .heads(json.get("n_heads").asInt())
          .experts(json.get("n_exps").asInt())
          .maxLength(json.get("MAX_ITEM_LIST_LENGTH").asInt())
          .layerNormEpsilon(json.get("layer_norm_eps").asDouble())
          .hiddenDropout(json.get("hidden_dropout_prob").asDouble())
          .attentionDropout(json.get("attn_dropout_prob").asDouble())
          .expertDropout(json.get("adaptor_dropout_prob").asDouble())
          .temperature(json.get("temperature").asDouble())
          .nipTextWeight(json.get("nip_weight").asDouble())
          .nipImageWeight(json.get("nip_weight").asDouble())
          .cmclWeight(json.get("lambda").asDouble())
          .projections(json.get("proj").asBoolean())
          .mixup(!json.get("mflag").asBoolean())
          .pooling(M2seConfig.Pooling.FROZEN_UNMASKED)
          .missing(M2seConfig.Missing.ZERO_FEATURES)
          .duplicates(M2seConfig.Duplicates.ZERO_LOGIT)
          .cmclDuplicates(M2seConfig.Duplicates.ZERO_LOGIT)
          .paddingClass(M2seConfig.PaddingClass.COUNTED)
          .setting(M2seConfig.Setting.TRANSDUCTIVE)
          .build();
    }

    ReferenceWeights weights(String prefix) {
      return new ReferenceWeights(tensors, prefix, config.experts(), dtype);
    }

    Catalogue catalogue() {
      return new Catalogue(features("features_text"), features("features_image"));
    }

    private ModalityFeatures features(String name) {
      Tensor values = tensors.get(name);
      boolean[] all = new boolean[values.dim(0) * values.dim(1)];
      Arrays.fill(all, true);
      return ModalityFeatures.of(values, Tensor.of(all, values.dim(0), values.dim(1)), dtype);
    }

    TrainingBatch batch() {
      return new TrainingBatch(
          new SequenceBatch(index("item_seq"), index("item_length")), index("next_item"));
    }

    private Tensor index(String name) {
      return Ops.cast(tensors.get(name), DType.I32);
    }

    Tensor mixed() {
      return config.mixup() ? tensors.get("mixup_mask") : null;
    }

    void check(String name, Tensor actual) {
      assertClose(name, tensors.get(name), actual);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pooledFeaturesAndItems(Path file, DType dtype) throws IOException {
    Golden golden = Golden.read(file, dtype);
    M2se encoder = pretraining(golden).encoder();
    Catalogue catalogue = golden.catalogue();
    int[] items = IntStream.rangeClosed(1, catalogue.items()).toArray();
    golden.check("pooled_text", encoder.text().pool(catalogue.text(), items).value());
    golden.check("pooled_image", encoder.image().pool(catalogue.image(), items).value());

    int[] withPadding = IntStream.rangeClosed(0, catalogue.items()).toArray();
    ItemVectors vectors = encoder.items(catalogue, withPadding, Mode.inference());
    Tensor sequences = golden.batch().history().items();
    golden.check("pretrain.z_text", Ops.gather(vectors.text().value(), sequences));
    golden.check("pretrain.z_image", Ops.gather(vectors.image().value(), sequences));
  }

  private static PretrainingTask pretraining(Golden golden) {
    return PretrainingTask.create(
        golden.weights("pretrain.param."), golden.config(), golden.catalogue());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pretrainingSequences(Path file, DType dtype) throws IOException {
    Golden golden = Golden.read(file, dtype);
    PretrainingTask task = pretraining(golden);
    SequenceBatch history = golden.batch().history();
    ItemSet set = ItemSet.all(golden.catalogue().items());
    SequenceVectors sequences =
        task.encoder()
            .sequences(
                task.encoder().items(task.catalogue(), set.numbers(), Mode.inference()),
                set.positionsOf(history),
                golden.mixed(),
                Mode.inference());
    golden.check("pretrain.h_text", sequences.text().value());
    golden.check("pretrain.h_image", sequences.image().value());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pretrainingLossAndGradients(Path file, DType dtype) throws IOException {
    Golden golden = Golden.read(file, dtype);
    PretrainingTask task = pretraining(golden);
    Map<String, Double> parts = new HashMap<>();
    Variable loss =
        task.loss(
            golden.batch(),
            golden.mixed(),
            Mode.inference(),
            (name, value) -> parts.put(name, value.item()));
    M2seConfig config = golden.config();
    golden.check("pretrain.loss_nip_text", times(parts.get("nip_text"), config.nipTextWeight()));
    golden.check("pretrain.loss_nip_image", times(parts.get("nip_image"), config.nipImageWeight()));
    golden.check("pretrain.loss_cmcl_times_lambda", times(parts.get("cmcl"), config.cmclWeight()));
    golden.check("pretrain.loss", loss.value());
    loss.backward();
    checkGradients(golden, "pretrain.grad.", task.parameters());
  }

  private static Tensor times(double value, double weight) {
    return Tensor.scalar(DType.F64, value * weight);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void finetuningLossAndGradients(Path file, DType dtype) throws IOException {
    Golden golden = Golden.read(file, dtype);
    FinetuningTask task = finetuning(golden);
    Variable loss = task.loss(golden.batch(), Mode.inference(), LossListener.NONE);
    golden.check("finetune.loss", loss.value());
    loss.backward();
    checkGradients(golden, "finetune.grad.", task.parameters());
  }

  private static FinetuningTask finetuning(Golden golden) {
    return FinetuningTask.create(
        golden.weights("finetune.param."), golden.config(), golden.catalogue());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void finetuningSequencesAndScores(Path file, DType dtype) throws IOException {
    Golden golden = Golden.read(file, dtype);
    FinetuningTask task = finetuning(golden);
    SequenceBatch history = golden.batch().history();
    ItemSet set = ItemSet.allWithPadding(golden.catalogue().items());
    ItemVectors vectors =
        task.encoder()
            .items(task.catalogue(), set.numbers(), Mode.inference())
            .plus(task.itemEmbedding().weight());
    SequenceVectors sequences = task.encoder().sequences(vectors, history, null, Mode.inference());
    golden.check("finetune.h_text", sequences.text().value());
    golden.check("finetune.h_image", sequences.image().value());

    Tensor expected = golden.tensors().get("finetune.scores");
    Tensor scores = task.scorer().score(history);
    int columns = expected.dim(1);
    assertClose("finetune.scores", expected.slice(1, 1, columns), scores.slice(1, 1, columns));
    for (double padding : scores.select(1, 0).toDoubles()) {
      assertEquals(Double.NEGATIVE_INFINITY, padding);
    }
  }

  private static void checkGradients(
      Golden golden, String prefix, Map<String, Variable> parameters) {
    ReferenceWeights expected = golden.weights(prefix);
    parameters.forEach(
        (name, parameter) -> {
          Tensor gradient = expected.tensor(name, parameter.shape());
          if (gradient == null) {
            assertNull(parameter.grad(), name + " has no gradient in the reference");
          } else {
            assertNotNull(parameter.grad(), name + " has no gradient");
            assertClose(name, gradient, parameter.grad());
          }
        });
    Set<String> unseen = new HashSet<>();
    golden.tensors().keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .filter(name -> !expected.used().contains(name))
        .forEach(unseen::add);
    assertEquals(Set.of(), unseen, "gradients that nothing was compared with");
  }

  private static void assertClose(String name, Tensor expected, Tensor actual) {
    assertNotNull(expected, name + " is not in the golden file");
    assertEquals(expected.shape(), actual.shape(), name);
    Shape shape = expected.shape();
    double[] wanted = expected.toDoubles();
    double[] got = actual.toDoubles();
    double greatest = Arrays.stream(wanted).map(Math::abs).max().orElse(0);
    for (int i = 0; i < wanted.length; i++) {
      double tolerance = tolerance(actual.dtype(), Math.abs(wanted[i]), greatest);
      double difference = Math.abs(wanted[i] - got[i]);
      assertTrue(
          difference <= tolerance,
          name + shape + " at " + i + ": expected " + wanted[i] + " but was " + got[i]);
    }
  }

  /** What is zero in exact arithmetic, such as a key's bias gradient, is only rounding. */
  private static double tolerance(DType dtype, double wanted, double greatest) {
    return dtype == DType.F64
        ? 1e-6 * wanted + 1e-10 * greatest + 1e-13
        : Math.max(2e-5 * wanted, 4e-6 * greatest) + 1e-7;
  }
}
