package dev.weft.nn.fuzz;

import dev.weft.nn.text.ClipBpe;
import dev.weft.nn.text.Tokenizer;
import dev.weft.nn.text.WordPiece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of both tokenizers: one at a time is the input, the others are good. */
public final class FuzzTokenizerFiles {
  /** A byte names one of them. */
  static final List<String> FILES =
      List.of(
          "bert/vocab.txt",
          "bert/tokenizer_config.json",
          "bert/tokenizer.json",
          "clip/vocab.json",
          "clip/merges.txt",
          "clip-json/tokenizer.json",
          "clip-archive/bpe_simple_vocab_16e6.txt.gz",
          "clip/tokenizer_config.json",
          "bert/added_tokens.json",
          "bert/special_tokens_map.json");

  private static final Path FOLDER = Guard.folder("tokenizer");

  static {
    FuzzSeeds.tokenizerFolders(FOLDER);
  }

  private FuzzTokenizerFiles() {}

  /** One input: a byte that says which file the rest is. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    String name = FILES.get((input[0] & 255) % FILES.size());
    Path file = FOLDER.resolve(name);
    byte[] good = Files.exists(file) ? Files.readAllBytes(file) : null;
    Guard.write(file, input, 1);
    try {
      Guard.check(input.length, () -> use(name));
    } finally {
      if (good == null) {
        Files.delete(file);
      } else {
        Files.write(file, good);
      }
    }
  }

  private static void use(String name) {
    // A folder for each source: where there are two, one of them is not read.
    Path folder = FOLDER.resolve(name).getParent();
    Tokenizer tokenizer = name.startsWith("bert/") ? WordPiece.load(folder) : ClipBpe.load(folder);
    FuzzTexts.check(tokenizer, "The quick brown fox's 12 éclairs, \u4E2D\u6587 [MASK]");
  }
}
