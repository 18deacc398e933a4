package dev.weft.nn.text;

import static dev.weft.nn.TestFiles.resource;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Texts made to be slow. The limit is minutes away from what they take, and hours from what they
 * would take if anything were quadratic in them.
 */
class HostileTextTest {
  private static final int SIZE = 10_000_000;

  @TempDir Path folder;

  @Test
  void endlessWordsAndEndlessPunctuation() throws IOException {
    Path json =
        TokenizerJsonFiles.write(
            folder, "clip.json", TokenizerJsonFiles.clip(resource("clip-tiny"), true));
    List<Tokenizer> tokenizers =
        List.of(
            WordPiece.load(resource("bert-tiny")),
            ClipBpe.load(resource("clip-tiny")),
            Tokenizer.load(json));
    for (Tokenizer tokenizer : tokenizers) {
      for (String part : List.of("a", "&", "<|", "Σ'", "e\u0301", "中", "[MASK", " ", "é\u0000")) {
        String text = part.repeat(SIZE / part.length() / (part.equals("a") ? 1 : 10));
        int[] ids = assertTimeoutPreemptively(Duration.ofMinutes(2), () -> tokenizer.ids(text));
        for (int id : ids) {
          assertTrue(id >= 0 && id < tokenizer.vocabularySize());
        }
      }
    }
  }

  @Test
  void aLongWordIsMergedAsAShortOne() {
    Tokenizer clip = ClipBpe.load(resource("clip-tiny"));
    String word = "greenteacoat";
    // Up to forty bytes by looking at all pairs, beyond by a queue.
    for (int length = 1; length < 120; length++) {
      String text = word.repeat(10).substring(0, length);
      StringBuilder joined = new StringBuilder();
      for (int id : clip.ids(text)) {
        joined.append(clip.token(id));
      }
      assertEquals(text + "</w>", joined.toString());
    }
  }
}
