package dev.weft.nn.fuzz;

import dev.weft.nn.text.ClipBpe;
import dev.weft.nn.text.Tokenizer;
import dev.weft.nn.text.WordPiece;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Texts for both tokenizers, unpaired surrogates too. */
public final class FuzzTexts {
  private static final Tokenizer BERT;
  private static final Tokenizer CLIP;

  static {
    Path folder = Guard.folder("text");
    FuzzSeeds.tokenizerFolders(folder);
    BERT = WordPiece.load(folder.resolve("bert"));
    CLIP = ClipBpe.load(folder.resolve("clip"));
  }

  private FuzzTexts() {}

  /** One input: a byte whose lowest bit says UTF-8 or UTF-16, and the text. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    boolean wide = (input[0] & 1) != 0;
    String text =
        new String(
            input, 1, input.length - 1, wide ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8);
    // The decoder replaces what is not UTF-16, so halves are put in here.
    String torn = wide ? text.replace('\uFFFD', '\uD83D') : text;
    Guard.check(input.length, () -> check(BERT, torn));
    Guard.check(input.length, () -> check(CLIP, torn));
  }

  static void check(Tokenizer tokenizer, String text) {
    int[] ids = tokenizer.encode(text).ids();
    if (ids.length > tokenizer.maxLength()) {
      throw new AssertionError(ids.length + " ids");
    }
    for (int id : tokenizer.ids(text)) {
      if (tokenizer.token(id) == null) {
        throw new AssertionError("no token " + id);
      }
    }
  }
}
