package dev.weft.nn.bert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.nn.TestFiles;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.text.Encoding;
import dev.weft.nn.text.EncodingOptions;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders as they are found: other names, missing files, configurations that are wrong. */
class BertFoldersTest {
  private static final Path TINY = TestFiles.resource("bert-tiny");

  @TempDir private Path temp;

  /** Copies bert-tiny with other names for its tensors. */
  private Path renamed(UnaryOperator<String> rename) throws IOException {
    copyAllBut(ModelFolder.WEIGHTS);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    SafeTensors.read(TINY.resolve(ModelFolder.WEIGHTS))
        .forEach(
            (name, tensor) -> {
              String other = rename.apply(name);
              if (other != null) {
                tensors.put(other, tensor);
              }
            });
    SafeTensors.write(temp.resolve(ModelFolder.WEIGHTS), tensors, Map.of());
    return temp;
  }

  private void copyAllBut(String missing) throws IOException {
    for (String name :
        List.of("config.json", "vocab.txt", "tokenizer_config.json", ModelFolder.WEIGHTS)) {
      if (!name.equals(missing)) {
        Files.copy(TINY.resolve(name), temp.resolve(name));
      }
    }
  }

  @Test
  void oldNamesAndAHead() throws IOException {
    Path folder =
        renamed(
            name ->
                "bert."
                    + name.replace("LayerNorm.weight", "LayerNorm.gamma")
                        .replace("LayerNorm.bias", "LayerNorm.beta"));
    Files.copy(TINY.resolve("golden.safetensors"), folder.resolve("golden.safetensors"));
    BertModelTest.assertGolden(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "module.", "bert.", "module.bert.", "0.auto_model."})
  void whateverStandsBeforeTheNames(String prefix) throws IOException {
    Path folder = renamed(name -> prefix + name);
    Files.copy(TINY.resolve("golden.safetensors"), folder.resolve("golden.safetensors"));
    BertModelTest.assertGolden(folder);
  }

  @Test
  void twoEncodersInOneFile() throws IOException {
    copyAllBut(ModelFolder.WEIGHTS);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    SafeTensors.read(TINY.resolve(ModelFolder.WEIGHTS))
        .forEach(
            (name, tensor) -> {
              tensors.put("question_encoder." + name, tensor);
              tensors.put("passage_encoder." + name, tensor);
            });
    SafeTensors.write(temp.resolve(ModelFolder.WEIGHTS), tensors, Map.of());
    assertTrue(loadError().contains("several models"), loadError());
    assertTrue(loadError().contains("'passage_encoder.'"), loadError());
  }

  /** One line tells of all: what is missing, what has another shape, what nobody knows. */
  @Test
  void faultyNamesInOneLine() throws IOException {
    Path folder = renamed(name -> name.replace("self.query", "self.q"));
    assertTrue(
        loadError()
            .endsWith(
                ": missing: encoder.layer.0.attention.self.query.weight,"
                    + " encoder.layer.0.attention.self.query.bias,"
                    + " encoder.layer.1.attention.self.query.weight and 1 more;"
                    + " not known: encoder.layer.0.attention.self.q.bias,"
                    + " encoder.layer.0.attention.self.q.weight,"
                    + " encoder.layer.1.attention.self.q.bias and 1 more"),
        loadError());
    assertTrue(loadError().startsWith(folder.toString()), loadError());
  }

  @Test
  void modelWithoutAPooler() throws IOException {
    Path folder = renamed(name -> name.startsWith("pooler") ? null : name);
    try (BertModel bert = BertModel.load(folder);
        BertModel whole = BertModel.load(TINY)) {
      BertEncoding encoding = bert.encode(List.of("hello"));
      assertNull(encoding.poolerOutput());
      assertArrayEquals(
          whole.encode(List.of("hello")).lastHiddenState().toFloats(),
          encoding.lastHiddenState().toFloats());
    }
  }

  private String loadError() {
    return assertThrows(RuntimeException.class, () -> BertModel.load(temp)).getMessage();
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "vocab.txt", ModelFolder.WEIGHTS})
  void missingFileIsNamed(String name) throws IOException {
    copyAllBut(name);
    assertTrue(loadError().contains(name), loadError());
    assertEquals(1, loadError().lines().count());
  }

  @Test
  void noFolderAtAll() {
    temp = temp.resolve("nowhere");
    assertTrue(loadError().contains("nowhere"), loadError());
  }

  @Test
  void onlyPickledWeights() throws IOException {
    copyAllBut(ModelFolder.WEIGHTS);
    Files.writeString(temp.resolve("pytorch_model.bin"), "");
    assertTrue(loadError().contains("pytorch_model.bin"), loadError());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"hidden_size\": 64>\"hidden_size\": \"64\">hidden_size is \"64\"",
        "\"hidden_size\": 64>\"hidden\": 64>hidden_size is missing",
        "\"hidden_size\": 64>\"hidden_size\": 0>hidden_size is 0",
        "\"hidden_size\": 64>\"hidden_size\": 64.5>hidden_size is 64.5",
        "\"num_attention_heads\": 4>\"num_attention_heads\": 5>num_attention_heads 5",
        "\"gelu\">\"swish\">hidden_act is \"swish\"",
        "\"model_type\": \"bert\">\"model_type\": \"clip\">model_type is \"clip\"",
        "1e-12>-1>layer_norm_eps",
        "\"pad_token_id\": 0>\"position_embedding_type\": \"relative_key\">position_embedding_type"
            + " is \"relative_key\"",
        "\"pad_token_id\": 0>\"is_decoder\": true>is_decoder is true",
        "\"pad_token_id\": 0>\"is_decoder\": 1>is_decoder is 1, expected true or false",
        "\"pad_token_id\": 0>\"add_cross_attention\": true>add_cross_attention is true",
        "\"pad_token_id\": 0>\"pruned_heads\": {\"1\": [0]}>pruned_heads is not empty",
        "\"vocab_size\": 286>\"vocab_size\": 285>vocab_size",
        "\"vocab_size\": 286>\"vocab_size\": 287>word_embeddings.weight is [286, 64], expected",
        "\"intermediate_size\": 128>\"intermediate_size\": 129>intermediate.dense.weight is [128,"
            + " 64]",
        "\"num_hidden_layers\": 2>\"num_hidden_layers\": 3>missing: encoder.layer.2.",
        "}>>is not JSON (line"
      })
  void faultyConfigurationNamesTheField(String change) throws IOException {
    String[] parts = change.split(">", -1);
    copyAllBut("config.json");
    String config = Files.readString(TINY.resolve("config.json"));
    assertTrue(config.contains(parts[0]), config);
    Files.writeString(temp.resolve("config.json"), config.replace(parts[0], parts[1]));
    String error = loadError();
    assertTrue(error.contains(parts[2]), error);
    assertTrue(error.contains(temp.toString()), error);
    assertEquals(1, error.lines().count(), error);
  }

  @Test
  void integerWeightsAreRefused() throws IOException {
    copyAllBut(ModelFolder.WEIGHTS);
    Map<String, Tensor> tensors = SafeTensors.read(TINY.resolve(ModelFolder.WEIGHTS));
    tensors.put("pooler.dense.bias", Tensor.of(new int[64]));
    SafeTensors.write(temp.resolve(ModelFolder.WEIGHTS), tensors, Map.of());
    assertTrue(loadError().contains("pooler.dense.bias is I32[64]"), loadError());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void otherNumbersOfSegments(int count) throws IOException {
    copyAllBut(ModelFolder.WEIGHTS);
    Files.delete(temp.resolve("config.json"));
    Files.writeString(
        temp.resolve("config.json"),
        Files.readString(TINY.resolve("config.json"))
            .replace("\"type_vocab_size\": 2", "\"type_vocab_size\": " + count));
    Map<String, Tensor> tensors = SafeTensors.read(TINY.resolve(ModelFolder.WEIGHTS));
    String name = "embeddings.token_type_embeddings.weight";
    Tensor one = tensors.get(name).slice(0, 0, 1);
    tensors.put(name, Ops.concat(Stream.generate(() -> one).limit(count).toList(), 0));
    SafeTensors.write(temp.resolve(ModelFolder.WEIGHTS), tensors, Map.of());
    Encoding pair;
    try (BertModel bert = BertModel.load(temp);
        BertModel two = BertModel.load(TINY)) {
      assertEquals(count, bert.config().tokenTypes());
      assertArrayEquals(
          two.encode(List.of("a")).lastHiddenState().toFloats(),
          bert.encode(List.of("a")).lastHiddenState().toFloats());
      pair = bert.tokenizer().encode("a", "b", EncodingOptions.DEFAULT);
      if (count == 1) {
        String error =
            assertThrows(RuntimeException.class, () -> bert.encodeTokens(List.of(pair)))
                .getMessage();
        assertTrue(error.contains("type_vocab_size is 1"), error);
      } else {
        assertEquals(1, bert.encodeTokens(List.of(pair)).lastHiddenState().dim(0));
      }
    }
  }
}
