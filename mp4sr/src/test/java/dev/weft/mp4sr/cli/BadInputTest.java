package dev.weft.mp4sr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything a user can get wrong: one line that names it, exit code 1, nothing half-written. */
final class BadInputTest {
  @TempDir Path folder;
  private Path texts;
  private Path output;

  @BeforeEach
  void prepare() throws IOException {
    texts = Files.writeString(folder.resolve("texts.jsonl"), "\"red kettle\"\n");
    output = folder.resolve("out").resolve("out.safetensors");
  }

  @Test
  void missingFiles() throws IOException {
    Path bert = TinyModels.bert(folder.resolve("bert"));
    String nope = folder.resolve("nope").toString();
    String to = output.toString();
    refused("nope", "info", "--model", nope);
    refused("nope", "tokenize", "--model", nope);
    refused("nope", "tokenize", "--model", bert.toString(), "--input", nope);
    refused("nope", "encode", "text", "--model", bert.toString(), "--input", nope, "--output", to);
    refused("nope", "ingest", "--format", "csv", "--input", nope, "--output", to);
    refused("nope", "features", "--data", nope, "--bert", bert.toString());
    refused("nope", "pretrain", "--data", nope, "--output", to);
    refused("nope", "finetune", "--data", nope, "--output", to);
    refused("nope", "evaluate", "--run", nope);
    refused("nope", "recommend", "--run", nope, "--user", "u");
  }

  @Test
  void wrongColumn() throws IOException {
    Path csv = Files.writeString(folder.resolve("log.csv"), "who,what\na,b\n");
    refused(
        "item",
        "ingest",
        "--format",
        "csv",
        "--input",
        csv.toString(),
        "--output",
        output.toString(),
        "--user-column",
        "who");
  }

  @Test
  void truncatedGzip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      for (int i = 0; i < 2000; i++) {
        String line =
            "{\"reviewerID\":\"U%d\",\"asin\":\"A%d\",\"unixReviewTime\":%d}\n"
                .formatted(i % 97, i * 31 % 89, i);
        gzip.write(line.getBytes(StandardCharsets.UTF_8));
      }
    }
    Path reviews = folder.resolve("reviews.json.gz");
    Files.write(reviews, Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2));
    refused(
        "reviews.json.gz",
        "ingest",
        "--format",
        "amazon",
        "--input",
        reviews.toString(),
        "--output",
        output.toString());
  }

  @Test
  void brokenImage() throws IOException {
    Path clip = TinyModels.clip(folder.resolve("clip"));
    Path broken = Files.writeString(folder.resolve("broken.jpg"), "not a picture");
    refused(
        "broken.jpg",
        "encode",
        "image",
        "--model",
        clip.toString(),
        "--output",
        output.toString(),
        broken.toString());
  }

  @Test
  void textsThatAreNoJsonStrings() throws IOException {
    Path bert = TinyModels.bert(folder.resolve("bert"));
    for (String line : List.of("red kettle", "[\"red\"]", "17", "\"a\" \"b\"")) {
      Files.writeString(texts, "\"fine\"\n" + line + "\n");
      refused(
          "texts.jsonl:2",
          "encode",
          "text",
          "--model",
          bert.toString(),
          "--input",
          texts.toString(),
          "--output",
          output.toString());
    }
    Files.writeString(texts, "");
    refused(
        "texts.jsonl",
        "encode",
        "text",
        "--model",
        bert.toString(),
        "--input",
        texts.toString(),
        "--output",
        output.toString());
    Files.write(texts, new byte[] {'"', (byte) 0xff, '"', '\n'});
    refused(
        "UTF-8",
        "encode",
        "text",
        "--model",
        bert.toString(),
        "--input",
        texts.toString(),
        "--output",
        output.toString());
  }

  /** Texts that do not fit, and where to turn: the error names the file, the text, the option. */
  @Test
  void textsThatAreTooLong() throws IOException {
    Files.writeString(texts, "\"red\"\n\"" + "red ".repeat(600) + "\"\n");
    for (Path model :
        List.of(
            TinyModels.bert(folder.resolve("long-bert")),
            TinyModels.clip(folder.resolve("long-clip")))) {
      refused(
          "text 2 has 60",
          "encode",
          "text",
          "--model",
          model.toString(),
          "--input",
          texts.toString(),
          "--output",
          output.toString(),
          "--truncation",
          "none");
    }
    refused(
        "more than --pad 9; --max-length cuts it",
        "tokenize",
        "--model",
        folder.resolve("long-bert").toString(),
        "--input",
        texts.toString(),
        "--pad",
        "9");
  }

  /** A folder of pictures can be encoded without a vocabulary, but its texts cannot. */
  @Test
  void clipWithoutVocabulary() throws IOException {
    Path clip = TinyModels.clip(folder.resolve("clip"));
    Files.delete(clip.resolve("vocab.json"));
    Files.delete(clip.resolve("merges.txt"));
    refused(
        "has none of vocab.txt",
        "encode",
        "text",
        "--model",
        clip.toString(),
        "--input",
        texts.toString(),
        "--output",
        output.toString());
  }

  @Test
  void modelFolderWithoutAFile() throws IOException {
    for (String file : List.of("config.json", "vocab.txt", "model.safetensors")) {
      Path bert = TinyModels.bert(folder.resolve("bert-" + file));
      Files.delete(bert.resolve(file));
      refused(
          file,
          "encode",
          "text",
          "--model",
          bert.toString(),
          "--input",
          texts.toString(),
          "--output",
          output.toString());
    }
    for (String file : List.of("config.json", "merges.txt")) {
      Path clip = TinyModels.clip(folder.resolve("clip-" + file));
      Files.delete(clip.resolve(file));
      refused(
          file,
          "encode",
          "image",
          "--model",
          clip.toString(),
          "--output",
          output.toString(),
          goodPicture().toString());
    }
  }

  @Test
  void wrongTypeAndWrongShape() throws IOException {
    String name = "pooler.dense.weight";
    Path bert = TinyModels.bert(folder.resolve("bert"));
    Path weights = bert.resolve("model.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>(SafeTensors.read(weights));
    assertTrue(tensors.containsKey(name), tensors.keySet().toString());
    for (Tensor wrong : List.of(Tensor.of(new float[6], 2, 3), Tensor.of(new long[64], 8, 8))) {
      tensors.put(name, wrong);
      SafeTensors.write(weights, tensors, Map.of());
      refused(
          name,
          "encode",
          "text",
          "--model",
          bert.toString(),
          "--input",
          texts.toString(),
          "--output",
          output.toString());
    }
  }

  @Test
  void featuresThatDoNotFit() throws IOException {
    Path data = TinyData.write(folder.resolve("data"));
    Path features = data.resolve("features.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("text", Tensor.of(new int[8], 2, 1, 4));
    tensors.put("text_mask", Tensor.of(new boolean[2], 2, 1));
    tensors.put("image", Tensor.of(new float[8], 2, 1, 4));
    tensors.put("image_mask", Tensor.of(new boolean[2], 2, 1));
    String run = folder.resolve("out").toString();
    SafeTensors.write(features, tensors, Map.of());
    refused("text", "pretrain", "--data", data.toString(), "--output", run);
    tensors.put("text", Tensor.of(new float[8], 2, 1, 4));
    SafeTensors.write(features, tensors, Map.of());
    refused("2 items", "pretrain", "--data", data.toString(), "--output", run);
    tensors.remove("image");
    SafeTensors.write(features, tensors, Map.of());
    refused("image", "pretrain", "--data", data.toString(), "--output", run);
    Files.writeString(features, "no tensors");
    refused("features.safetensors", "pretrain", "--data", data.toString(), "--output", run);
  }

  @Test
  void bertModelForImages() throws IOException {
    Path bert = TinyModels.bert(folder.resolve("bert"));
    refused(
        "CLIP",
        "encode",
        "image",
        "--model",
        bert.toString(),
        "--output",
        output.toString(),
        goodPicture().toString());
  }

  private Path goodPicture() throws IOException {
    Path file = folder.resolve("good.png");
    var image = new java.awt.image.BufferedImage(20, 20, java.awt.image.BufferedImage.TYPE_INT_RGB);
    javax.imageio.ImageIO.write(image, "png", file.toFile());
    return file;
  }

  /** Exit code 1, one line with {@code named} in it, no output and nothing left of a try. */
  private void refused(String named, String... args) throws IOException {
    CliRunner ran = CliRunner.run(args);
    String said = String.join(" ", args) + "\n" + ran.err();
    assertEquals(1, ran.code(), said);
    assertEquals(1, ran.errLines().size(), said);
    assertTrue(ran.err().startsWith("mp4sr: ") && ran.err().contains(named), said);
    assertFalse(ran.err().contains("internal error"), said);
    assertEquals("", ran.out(), said);
    Path out = folder.resolve("out");
    if (Files.exists(out)) {
      try (Stream<Path> left = Files.walk(out)) {
        assertEquals(List.of(), left.filter(Files::isRegularFile).toList(), said);
      }
    }
  }
}
