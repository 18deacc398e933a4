package dev.weft.mp4sr.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mp4sr encode} writes what the original implementations computed. */
class EncodeCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path temp;

  private static Path shared(String name) {
    Path file = Path.of(System.getProperty("weft.shared", "../../shared"));
    Path folder = file.resolve("fixtures").resolve(name);
    assumeTrue(Files.exists(folder), "needs " + folder + "; set -Dweft.shared=DIR");
    return folder;
  }

  private static String[] strings(Path file) throws IOException {
    return JSON.readValue(Files.readAllBytes(file), String[].class);
  }

  private Path lines(String... texts) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String text : texts) {
      lines.add(JSON.writeValueAsString(text));
    }
    return Files.write(temp.resolve("texts.jsonl"), lines);
  }

  private Map<String, Tensor> encode(String... arguments) {
    Path output = temp.resolve("out.safetensors");
    List<String> all = new ArrayList<>(List.of("encode"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--output", output.toString()));
    CliRunner run = CliRunner.run(all.toArray(String[]::new));
    assertEquals(0, run.code(), run.err());
    return SafeTensors.read(output);
  }

  /** The greatest difference in terms of the greatest value. */
  private static void assertClose(Tensor expected, Tensor actual, double tolerance) {
    assertEquals(expected.shape(), actual.shape());
    double[] want = expected.toDoubles();
    double[] have = actual.toDoubles();
    double scale = 0;
    double error = 0;
    for (int i = 0; i < want.length; i++) {
      scale = Math.max(scale, Math.abs(want[i]));
      error = Math.max(error, Math.abs(want[i] - have[i]));
    }
    assertTrue(error <= tolerance * scale, "differ by " + error + " of " + scale);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert-tiny",
        "bert-tiny-bin",
        "bert-tiny-bin-legacy",
        "bert-tiny-f16",
        "bert-tiny-bf16"
      })
  void bert(String name) throws IOException {
    Path folder = shared(name);
    String input = lines(strings(shared("bert-tiny").resolve("texts.json"))).toString();
    Map<String, Tensor> golden = SafeTensors.read(folder.resolve("golden.safetensors"));
    Map<String, Tensor> made = encode("text", "--model", folder.toString(), "--input", input);
    assertEquals(
        Set.of("input_ids", "attention_mask", "last_hidden_state", "pooler_output"), made.keySet());
    for (String ids : List.of("input_ids", "attention_mask")) {
      assertArrayEquals(golden.get(ids).toLongs(), made.get(ids).toLongs(), ids);
    }
    Tensor first = made.get("last_hidden_state").slice(1, 0, 40);
    assertClose(golden.get("last_hidden_state_first40"), first, 1e-4);
    assertClose(golden.get("pooler_output"), made.get("pooler_output"), 1e-4);
  }

  @Test
  void clip() throws IOException {
    Path folder = shared("clip-tiny");
    Map<String, Tensor> golden = SafeTensors.read(folder.resolve("golden.safetensors"));
    String input = lines(strings(folder.resolve("texts.json"))).toString();
    Map<String, Tensor> texts = encode("text", "--model", folder.toString(), "--input", input);
    assertEquals(Set.of("input_ids", "attention_mask", "text_embeds"), texts.keySet());
    assertArrayEquals(golden.get("input_ids").toLongs(), texts.get("input_ids").toLongs());
    assertClose(golden.get("text_embeds"), texts.get("text_embeds"), 1e-4);

    Stream<String> files =
        Stream.of(strings(folder.resolve("images.json")))
            .map(image -> folder.resolve("images").resolve(image).toString());
    String[] arguments =
        Stream.concat(Stream.of("image", "--model", folder.toString()), files)
            .toArray(String[]::new);
    Map<String, Tensor> images = encode(arguments);
    assertEquals(Set.of("pixel_values", "image_embeds"), images.keySet());
    assertClose(golden.get("pixel_values"), images.get("pixel_values"), 1e-4);
    assertClose(golden.get("image_embeds"), images.get("image_embeds"), 1e-3);
  }

  private static Set<String> withDetails(int layers, String... names) {
    Set<String> all = new TreeSet<>(List.of(names));
    for (int i = 0; i <= layers; i++) {
      all.add("hidden_states." + i);
    }
    for (int i = 0; i < layers; i++) {
      all.add("attentions." + i);
    }
    return all;
  }

  @Test
  void insideOfBert() throws IOException {
    String model = TinyModels.bert(temp.resolve("bert")).toString();
    String input = lines("red kettle", "a blue bowl and a lamp").toString();
    Map<String, Tensor> plain = encode("text", "--model", model, "--input", input);
    Map<String, Tensor> made =
        encode("text", "--model", model, "--input", input, "--hidden-states", "--attentions");
    assertEquals(
        withDetails(1, "input_ids", "attention_mask", "last_hidden_state", "pooler_output"),
        new TreeSet<>(made.keySet()));
    float[] last = plain.get("last_hidden_state").toFloats();
    assertArrayEquals(last, made.get("hidden_states.1").toFloats());
    Tensor map = made.get("attentions.0");
    assertEquals(4, map.rank());
    for (double sum : Ops.sum(map, false, -1).toDoubles()) {
      assertEquals(1, sum, 1e-5);
    }
  }

  @Test
  void pairsAndHowTextsAreCut() throws IOException {
    String model = TinyModels.bert(temp.resolve("bert")).toString();
    Path pairs = temp.resolve("pairs.jsonl");
    Files.writeString(pairs, "[\"red kettle\", \"blue bowl\"]\n[\"lamp\", \"\"]\n");
    String[] command = {"text", "--model", model, "--input", pairs.toString(), "--pairs"};
    Map<String, Tensor> made = encode(command);
    int[] types = made.get("token_type_ids").select(0, 0).toInts();
    assertEquals(0, types[0]);
    assertEquals(1, types[types.length - 1]);
    String[] shorter =
        Stream.concat(Stream.of(command), Stream.of("--max-length", "6")).toArray(String[]::new);
    assertArrayEquals(new int[] {2, 6}, encode(shorter).get("input_ids").shape().dims());

    String clip = TinyModels.clip(temp.resolve("clip")).toString();
    CliRunner refused =
        CliRunner.run(
            "encode",
            "text",
            "--model",
            clip,
            "--input",
            pairs.toString(),
            "--pairs",
            "--output",
            "x");
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("--pairs"), refused.err());
    String input = lines("red kettle and a blue bowl").toString();
    Map<String, Tensor> cut =
        encode("text", "--model", clip, "--input", input, "--max-length", "4");
    assertEquals(4, LongStream.of(cut.get("attention_mask").toLongs()).sum());
  }

  @Test
  void insideOfClip() throws IOException {
    String model = TinyModels.clip(temp.resolve("clip")).toString();
    String input = lines("red kettle", "a blue bowl and a lamp").toString();
    Map<String, Tensor> texts =
        encode("text", "--model", model, "--input", input, "--hidden-states", "--attentions");
    String[] names = {"last_hidden_state", "pooler_output"};
    Set<String> expected = withDetails(1, names);
    expected.addAll(Set.of("input_ids", "attention_mask", "text_embeds"));
    assertEquals(expected, new TreeSet<>(texts.keySet()));

    BufferedImage picture = new BufferedImage(20, 30, 1);
    Path file = temp.resolve("picture.png");
    ImageIO.write(picture, "png", file.toFile());
    Map<String, Tensor> images =
        encode("image", "--model", model, "--hidden-states", "--attentions", file.toString());
    expected = withDetails(1, names);
    expected.addAll(Set.of("pixel_values", "image_embeds"));
    assertEquals(expected, new TreeSet<>(images.keySet()));
    assertArrayEquals(new int[] {1, 2, 5, 5}, images.get("attentions.0").shape().dims());
  }
}
