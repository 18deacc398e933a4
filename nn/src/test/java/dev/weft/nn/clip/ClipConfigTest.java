package dev.weft.nn.clip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.tensor.UnaryOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code config.json} says, and what it leaves out. */
class ClipConfigTest {
  @TempDir private Path folder;

  private ClipConfig read(String json) throws IOException {
    Files.writeString(folder.resolve("config.json"), json);
    return ClipConfig.read(folder);
  }

  /** The defaults of the original configuration classes are those of ViT-B/32. */
  @Test
  void whatIsLeftOutIsAsInTheOriginal() throws IOException {
    for (String json : new String[] {"{}", "{\"text_config\": {}, \"vision_config\": null}"}) {
      ClipConfig config = read(json);
      assertEquals(512, config.projectionSize());
      assertEquals(49408, config.text().vocabularySize());
      assertEquals(77, config.text().maxPositions());
      assertEquals(512, config.text().encoder().hiddenSize());
      assertEquals(8, config.text().encoder().heads());
      assertEquals(2048, config.text().encoder().feedForwardSize());
      assertEquals(12, config.text().encoder().layers());
      assertEquals(224, config.vision().imageSize());
      assertEquals(32, config.vision().patchSize());
      assertEquals(768, config.vision().encoder().hiddenSize());
      assertEquals(12, config.vision().encoder().heads());
      assertEquals(3072, config.vision().encoder().feedForwardSize());
      assertEquals(UnaryOp.QUICK_GELU, config.vision().encoder().activation());
      assertEquals(1e-5, config.text().encoder().epsilon());
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 2", "751, 751", "49407, 49407"})
  void endTokens(int stated, int expected) throws IOException {
    ClipConfig config = read("{\"text_config\": {\"eos_token_id\": " + stated + "}}");
    assertEquals(expected, config.text().endToken());
  }

  /** The library's default is OpenAI's token, which only vocabularies of that size have. */
  @ParameterizedTest
  @CsvSource({"752, 2", "49407, 2", "49408, 49407", "49500, 49407"})
  void endTokenLeftOut(int vocabulary, int expected) throws IOException {
    ClipConfig config = read("{\"text_config\": {\"vocab_size\": " + vocabulary + "}}");
    assertEquals(expected, config.text().endToken());
  }

  @Test
  void oneEncoderAlone() throws IOException {
    assertNull(read("{\"model_type\": \"clip_text_model\"}").vision());
    assertNull(read("{\"model_type\": \"clip_vision_model\", \"patch_size\": 16}").text());
  }

  @ParameterizedTest
  @CsvSource({
    "silu, false",
    "swish, false",
    "gelu, true",
    "gelu_new, true",
    "gelu_pytorch_tanh, true",
    "gelu_python_tanh, true",
    "quick_gelu, true",
    "relu, true"
  })
  void activations(String name, boolean isKnown) throws IOException {
    String json = "{\"text_config\": {\"hidden_act\": \"" + name + "\"}}";
    if (isKnown) {
      assertEquals(12, read(json).text().encoder().layers());
      return;
    }
    String error = assertThrows(CheckpointException.class, () -> read(json)).getMessage();
    assertTrue(error.contains("text_config: hidden_act is \"" + name + "\""), error);
    assertTrue(error.contains("quick_gelu"), error);
  }
}
