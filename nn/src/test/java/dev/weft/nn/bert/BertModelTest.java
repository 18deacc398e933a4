package dev.weft.nn.bert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.nn.Mode;
import dev.weft.nn.TestFiles;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.Weights;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.checkpoint.WeightUse;
import dev.weft.nn.text.WordPiece;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BertModelTest {
  private static final Path TINY = TestFiles.resource("bert-tiny");

  @TempDir private Path temp;

  private static List<String> texts() throws IOException {
    byte[] json = Files.readAllBytes(TINY.resolve("texts.json"));
    return List.of(new ObjectMapper().readValue(json, String[].class));
  }

  /** The greatest difference in terms of the greatest value. */
  private static double relativeError(Tensor expected, Tensor actual) {
    assertEquals(expected.shape(), actual.shape());
    double[] want = expected.toDoubles();
    double[] have = actual.toDoubles();
    double error = 0;
    double scale = 0;
    for (int i = 0; i < want.length; i++) {
      error = Math.max(error, Math.abs(want[i] - have[i]));
      scale = Math.max(scale, Math.abs(want[i]));
    }
    return error / scale;
  }

  /** Whether a folder with golden.safetensors gives what is in it. */
  static void assertGolden(Path folder) throws IOException {
    Map<String, Tensor> golden = SafeTensors.read(folder.resolve("golden.safetensors"));
    try (BertModel bert = BertModel.load(folder)) {
      BertEncoding encoding = bert.encode(texts());
      assertArrayEquals(
          golden.get("input_ids").toInts(), encoding.tokens().inputIds().toInts(), "ids");
      Tensor first = encoding.lastHiddenState().slice(1, 0, 40);
      double states = relativeError(golden.get("last_hidden_state_first40"), first);
      double pooled = relativeError(golden.get("pooler_output"), encoding.poolerOutput());
      assertTrue(states < 1e-5, "hidden states differ by " + states);
      assertTrue(pooled < 1e-5, "pooler output differs by " + pooled);
    }
  }

  @Test
  void asTheOriginalComputes() throws IOException {
    assertGolden(TINY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bert-tiny-f16", "bert-tiny-bf16", "bert-tiny-bin", "bert-tiny-bin-legacy"})
  void otherFormsOfWeights(String folder) throws IOException {
    assertGolden(TestFiles.shared(folder));
  }

  @Test
  void embeddingsAreThoseOfEncodeWhateverTheBatch() throws IOException {
    List<String> texts = new ArrayList<>(texts());
    texts.addAll(texts().reversed());
    try (BertModel bert = BertModel.load(TINY)) {
      BertEncoding encoding = bert.encode(texts);
      Tensor states = encoding.lastHiddenState();
      Tensor first = states.select(1, 0);
      assertTrue(relativeError(first, bert.embed(texts, BertPooling.CLS)) < 1e-5);

      Tensor mean = bert.embed(texts, BertPooling.MEAN);
      for (int i = 0; i < texts.size(); i++) {
        int length = bert.tokenizer().encode(texts.get(i)).length();
        Tensor own = states.select(0, i).slice(0, 0, length);
        Tensor expected = Ops.multiply(Ops.sum(own, false, 0), 1.0 / length);
        assertTrue(relativeError(expected, mean.select(0, i)) < 1e-5, "text " + i);
      }
    }
  }

  @Test
  void noTextsGiveNoRows() {
    try (BertModel bert = BertModel.load(TINY)) {
      assertArrayEquals(new int[] {0, 64}, bert.embed(List.of(), BertPooling.CLS).shape().dims());
      assertArrayEquals(
          new int[] {0, 0, 64}, bert.encode(List.of()).lastHiddenState().shape().dims());
    }
  }

  @Test
  void resultsOutliveTheModelButNotItsCallersScope() throws IOException {
    Tensor kept;
    try (var scope = Scope.open()) {
      try (BertModel bert = BertModel.load(TINY)) {
        kept = scope.keep(bert.embed(texts(), BertPooling.CLS));
        int before = scope.size();
        bert.embed(texts(), BertPooling.CLS);
        assertEquals(before + 1, scope.size(), "only the result stays");
      }
    }
    assertEquals(texts().size() * 64, kept.toFloats().length);
  }

  @Test
  void threadsShareAModel() throws Exception {
    List<String> texts = texts().subList(0, 6);
    try (BertModel bert = BertModel.load(TINY);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      float[] expected = bert.embed(texts, BertPooling.CLS).toFloats();
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        results.add(threads.submit(() -> bert.embed(texts, BertPooling.CLS).toFloats()));
      }
      for (Future<float[]> result : results) {
        assertArrayEquals(expected, result.get());
      }
    }
  }

  @Test
  void closedTwiceAndUsedAfter() {
    BertModel bert = BertModel.load(TINY);
    bert.close();
    bert.close();
    Stream<Runnable> uses =
        Stream.of(
            () -> bert.embed(List.of("a"), BertPooling.CLS),
            () -> bert.embed(Stream.of("a"), BertPooling.CLS).forEach(vector -> {}),
            () -> bert.encode(List.of("a")),
            () -> bert.network(),
            () -> bert.save(temp.resolve("closed")));
    uses.forEach(
        use -> {
          String error = assertThrows(IllegalStateException.class, use::run).getMessage();
          assertEquals("bert: the model is closed", error);
        });
    assertTrue(Files.notExists(temp.resolve("closed")), "nothing is written");
  }

  @Test
  void savedAndLoadedIsTheSame() {
    BertConfig config =
        BertConfig.of(
            286,
            TransformerConfig.builder(2, 12)
                .heads(3)
                .feedForwardSize(20)
                .activation(UnaryOp.GELU_TANH)
                .epsilon(1e-6)
                .hiddenDropout(0.25)
                .attentionDropout(0.5)
                .build());
    Weights weights = Weights.random(DType.F32, new RandomSource(5));
    try (BertModel made = BertModel.create(weights, config, WordPiece.load(TINY))) {
      made.save(temp.resolve("made"));
      try (BertModel read = BertModel.load(temp.resolve("made"))) {
        assertEquals(config, read.config());
        List<String> texts = List.of("hello world", "", "a");
        assertArrayEquals(
            made.encode(texts).lastHiddenState().toFloats(),
            read.encode(texts).lastHiddenState().toFloats());
      }
    }
  }

  @Test
  void savedUnderTheHubsNames() {
    try (BertModel bert = BertModel.load(TINY)) {
      bert.save(temp);
      Map<String, Tensor> original = SafeTensors.read(TINY.resolve(ModelFolder.WEIGHTS));
      Map<String, Tensor> saved = SafeTensors.read(temp.resolve(ModelFolder.WEIGHTS));
      original.remove("embeddings.position_ids");
      assertEquals(original.keySet(), saved.keySet());
      saved.forEach(
          (name, tensor) ->
              assertArrayEquals(original.get(name).toFloats(), tensor.toFloats(), name));
    }
  }

  @Test
  void trainsAndDropsOnlyInTraining() {
    try (BertModel bert = BertModel.load(TINY, WeightUse.TRAINING)) {
      Tensor ids = ids(bert);
      BertOutput output = bert.forward(ids, null, Mode.training(new RandomSource(1)));
      output.poolerOutput().backward(Ops.copy(output.poolerOutput().value()));
      bert.network().parameters().forEach((name, p) -> assertTrue(p.grad() != null, name));
    }
  }

  private static Tensor ids(BertModel bert) {
    int[] ids = bert.tokenizer().encode("hello world").ids();
    return Tensor.of(ids, 1, ids.length);
  }
}
