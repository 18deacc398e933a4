package dev.weft.nn.fuzz;

import dev.weft.nn.TestFiles;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.text.TokenizerJsonFiles;
import dev.weft.nn.text.WordPiece;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Good inputs, which the fuzzer changes: small, and of every kind that the readers know. */
final class FuzzSeeds {
  private FuzzSeeds() {}

  /** Writes the seeds of a target into a folder. */
  static void write(Class<?> target, Path folder) throws IOException {
    Files.createDirectories(folder);
    if (target == FuzzAll.class) {
      all(folder);
    } else if (target == FuzzCheckpoints.class) {
      checkpoints(folder);
    } else if (target == FuzzShards.class) {
      String index =
          "{\"metadata\":{\"total_size\":16},\"weight_map\":{\"x\":\"a.safetensors\",%s}}";
      Files.writeString(folder.resolve("two"), index.formatted("\"y\":\"b.safetensors\""));
      Files.writeString(folder.resolve("up"), index.formatted("\"y\":\"../shards/b.safetensors\""));
    } else if (target == FuzzConfigs.class) {
      marked(folder.resolve("bert"), 0, TestFiles.resource("bert-tiny/config.json"));
      marked(folder.resolve("clip"), 1, TestFiles.resource("clip-tiny/config.json"));
      marked(
          folder.resolve("pictures"), 2, TestFiles.resource("clip-tiny/preprocessor_config.json"));
    } else if (target == FuzzImages.class) {
      copyAll(TestFiles.resource("images"), folder);
    } else if (target == FuzzTokenizerFiles.class) {
      Path good = Guard.folder("good");
      tokenizerFolders(good);
      bertFiles(good.resolve("bert"));
      for (String name : FuzzTokenizerFiles.FILES) {
        if (Files.exists(good.resolve(name))) {
          int mark = FuzzTokenizerFiles.FILES.indexOf(name);
          marked(folder.resolve("seed" + mark), mark, good.resolve(name));
        }
      }
    } else {
      texts(folder);
    }
  }

  private static void all(Path folder) throws IOException {
    for (int mark = 0; mark < FuzzAll.TARGETS.size(); mark++) {
      Class<?> target = FuzzAll.TARGETS.get(mark);
      Path own = Guard.folder("seeds");
      write(target, own);
      try (Stream<Path> seeds = Files.list(own)) {
        for (Path seed : seeds.toList()) {
          marked(folder.resolve(target.getSimpleName() + "-" + seed.getFileName()), mark, seed);
        }
      }
    }
  }

  private static void checkpoints(Path folder) throws IOException {
    copyAll(TestFiles.resource("torch"), folder);
    Tensor values = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    SafeTensors.write(
        folder.resolve("safetensors"),
        Map.of(
            "a.weight", values,
            "half", Ops.cast(values, DType.BF16),
            "whole", Ops.cast(values, DType.I64),
            "none", Tensor.of(new float[0], 0)),
        Map.of("format", "pt"));
  }

  private static void texts(Path folder) throws IOException {
    List<String> texts =
        List.of(
            "Hello, world! It's 12.5\u20AC; caf\u00E9, na\u00EFve, \u4E2D\u6587, \uD83D\uDE00",
            "<|startoftext|> [MASK] [CLS]&amp;&lt;br&gt; &#x1F600; &notanentity; \u0130\u0307",
            "a".repeat(250) + " \u0000\u00A0\u2028\u200D\uFEFF\u0301\u0301");
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      Files.write(folder.resolve("utf8-" + i), ("\0" + text).getBytes(StandardCharsets.UTF_8));
      byte[] wide = ("\1" + text).getBytes(StandardCharsets.UTF_16LE);
      Files.write(folder.resolve("utf16-" + i), Arrays.copyOfRange(wide, 1, wide.length));
    }
  }

  private static void marked(Path seed, int mark, Path content) throws IOException {
    byte[] bytes = Files.readAllBytes(content);
    byte[] marked = new byte[bytes.length + 1];
    marked[0] = (byte) mark;
    System.arraycopy(bytes, 0, marked, 1, bytes.length);
    Files.write(seed, marked);
  }

  private static void copyAll(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.size(file) < 50_000) {
          Files.copy(file, to.resolve(file.getFileName().toString()));
        }
      }
    }
  }

  /** A folder of small files for each source of a vocabulary. */
  static void tokenizerFolders(Path folder) {
    try {
      for (String name : List.of("vocab.txt", "tokenizer_config.json")) {
        copy("bert-tiny/" + name, folder.resolve("bert").resolve(name));
      }
      for (String name : List.of("vocab.json", "merges.txt")) {
        copy("clip-tiny/" + name, folder.resolve("clip").resolve(name));
      }
      Path json = Files.createDirectories(folder.resolve("clip-json")).resolve("tokenizer.json");
      Files.writeString(json, TokenizerJsonFiles.clip(folder.resolve("clip"), true).toString());
      copyCompressed(
          folder.resolve("clip/merges.txt"),
          folder.resolve("clip-archive/bpe_simple_vocab_16e6.txt.gz"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copyCompressed(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(to))) {
      Files.copy(from, out);
    }
  }

  /** What the seeds have beside those: for the fuzzed folder they would hide its vocab.txt. */
  private static void bertFiles(Path folder) throws IOException {
    WordPiece tokenizer = WordPiece.load(folder);
    Files.writeString(
        folder.resolve("tokenizer.json"),
        TokenizerJsonFiles.bert(tokenizer, true, null, true).toString());
    Files.writeString(
        folder.resolve("added_tokens.json"),
        "{\"<new>\": %d}".formatted(tokenizer.vocabularySize()));
    Files.writeString(
        folder.resolve("special_tokens_map.json"),
        "{\"unk_token\": {\"content\": \"[UNK]\", \"lstrip\": false}, \"mask_token\": \"[MASK]\"}");
  }

  private static void copy(String resource, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(TestFiles.resource(resource), to);
  }
}
