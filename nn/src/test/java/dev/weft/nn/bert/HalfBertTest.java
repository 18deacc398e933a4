package dev.weft.nn.bert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.nn.Detail;
import dev.weft.nn.TestFiles;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.checkpoint.WeightUse;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights in half precision compute what the same weights, widened, compute. */
class HalfBertTest {
  private static final Path TINY = TestFiles.resource("bert-tiny");
  private static final List<String> TEXTS = List.of("a red shoe", "tea", "hats and shoes");

  @TempDir private Path folder;

  private void write(DType dtype) throws IOException {
    for (String name : List.of("config.json", "vocab.txt", "tokenizer_config.json")) {
      Files.copy(TINY.resolve(name), folder.resolve(name));
    }
    Map<String, Tensor> halves = new LinkedHashMap<>();
    SafeTensors.read(TINY.resolve(ModelFolder.WEIGHTS))
        .forEach(
            (name, tensor) ->
                halves.put(
                    name, tensor.dtype().isFloatingPoint() ? Ops.cast(tensor, dtype) : tensor));
    SafeTensors.write(folder.resolve(ModelFolder.WEIGHTS), halves, Map.of());
  }

  private static void assertClose(Tensor expected, Tensor actual) {
    assertEquals(DType.F32, actual.dtype());
    double[] want = expected.toDoubles();
    double[] have = actual.toDoubles();
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], have[i], 1e-5, "at " + i);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void halvesAsTheyLie(DType dtype) throws IOException {
    write(dtype);
    try (BertModel halves = BertModel.load(folder);
        BertModel widened = BertModel.load(folder, WeightUse.TRAINING)) {
      BertEncoding expected = widened.encode(TEXTS, Detail.values());
      BertEncoding actual = halves.encode(TEXTS, Detail.values());
      assertClose(expected.lastHiddenState(), actual.lastHiddenState());
      assertClose(expected.poolerOutput(), actual.poolerOutput());
      assertClose(expected.attentionMaps().getLast(), actual.attentionMaps().getLast());
      for (BertPooling pooling : BertPooling.values()) {
        assertClose(widened.embed(TEXTS, pooling), halves.embed(TEXTS, pooling));
      }
      halves
          .network()
          .parameters()
          .forEach(
              (name, parameter) ->
                  assertEquals(
                      parameter.shape().rank() > 1 ? dtype : DType.F32, parameter.dtype(), name));
      widened.network().parameters().forEach((name, p) -> assertEquals(DType.F32, p.dtype(), name));
    }
  }

  /** Saved, a model keeps the types it has, and reads back the same. */
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void savedAsTheyLie(DType dtype) throws IOException {
    write(dtype);
    Path saved = folder.resolve("saved");
    try (BertModel halves = BertModel.load(folder)) {
      halves.save(saved);
      try (BertModel again = BertModel.load(saved)) {
        assertClose(halves.embed(TEXTS, BertPooling.CLS), again.embed(TEXTS, BertPooling.CLS));
        assertTrue(again.network().words().weight().dtype() == dtype);
      }
    }
  }
}
