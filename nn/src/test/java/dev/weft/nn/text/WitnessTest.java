package dev.weft.nn.text;

import static dev.weft.nn.TestFiles.resource;
import static dev.weft.nn.TestFiles.shared;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our tokenizers and the tokenizers library, over the same files and the same random texts. */
class WitnessTest {
  private static final int TEXTS = 4000;

  private static WordPiece cased;

  @TempDir Path folder;

  /** A vocabulary with letters of both cases, accents and ideographs in it, of texts as random. */
  @BeforeAll
  static void train() {
    List<String> texts = new ArrayList<>();
    RandomTexts random = new RandomTexts(1);
    for (int i = 0; i < 3000; i++) {
      texts.add(random.next());
    }
    cased =
        new WordPieceTrainer(3000, 1, new WordPieceOptions(false, false, true, 512)).train(texts);
  }

  @ParameterizedTest
  @CsvSource({
    "true, , true",
    "true, true, true",
    "true, false, true",
    "false, , true",
    "false, true, false",
    "true, , false"
  })
  void wordPieces(boolean lower, Boolean accents, boolean chinese) {
    compare(TokenizerJsonFiles.bert(cased, lower, accents, chinese), 7, TEXTS);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void bytePairs(boolean mergesArePairs) throws IOException {
    compare(TokenizerJsonFiles.clip(resource("clip-tiny"), mergesArePairs), 8, TEXTS);
  }

  /** The expression that transformers wrote before its version 5, without the markers. */
  @Test
  void bytePairsOfAConvertedFile() throws IOException {
    ObjectNode file = TokenizerJsonFiles.clip(resource("clip-tiny"), false);
    TokenizerJsonFiles.replacePattern(file, ClipText.Variant.CONVERTED.pattern);
    compare(file, 11, TEXTS);
  }

  @Test
  void theGenuineVocabularies() throws IOException {
    compare(shared("vocabulary/bert/tokenizer.json"), 9, TEXTS);
    compare(shared("vocabulary/clip/tokenizer.json"), 10, TEXTS);
  }

  private void compare(ObjectNode file, long seed, int texts) {
    compare(TokenizerJsonFiles.write(folder, "tokenizer.json", file), seed, texts);
  }

  private static void compare(Path file, long seed, int texts) {
    Tokenizer ours = Tokenizer.load(file);
    EncodingOptions all = EncodingOptions.DEFAULT.withMaxLength(1 << 20);
    RandomTexts random = new RandomTexts(seed);
    try (Library theirs = new Library(file)) {
      for (int i = 0; i < texts; i++) {
        String text = random.next();
        Encoding expected = theirs.encode(text, null, true);
        String escaped = escaped(text);
        Encoding plain = ours.encode(text, all);
        assertArrayEquals(expected.ids(), plain.ids(), escaped);
        Encoding aligned = ours.encode(text, all.withOffsets());
        assertArrayEquals(expected.ids(), aligned.ids(), escaped);
        assertOffsets(text, expected.offsets(), aligned.offsets());
        assertArrayEquals(expected.typeIds(), aligned.typeIds(), escaped);
      }
    }
  }

  /**
   * The one known difference: where Normalization Form C makes one character of a letter and its
   * accent, the library says that it lies on the letter, and we that it lies on both; where marks
   * change places besides, we say that each lies on all of them.
   */
  private static void assertOffsets(String text, int[] expected, int[] actual) {
    if (Arrays.equals(expected, actual)) {
      return;
    }
    assertFalse(Normalizer.isNormalized(text, Normalizer.Form.NFC), () -> escaped(text));
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      int from = Math.min(expected[i], actual[i]);
      int to = Math.max(expected[i], actual[i]);
      boolean oneLetter =
          text.substring(from, to).codePoints().skip(1).allMatch(Normalizations::joins);
      assertTrue(oneLetter, () -> escaped(text));
    }
  }

  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(
            c ->
                escaped.append(
                    c >= ' ' && c < 127 ? Character.toString(c) : "\\u%04X".formatted(c)));
    return escaped.toString();
  }
}
