package dev.weft.nn.text;

import static dev.weft.nn.TestFiles.resource;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.nn.text.EncodingOptions.Side;
import dev.weft.nn.text.EncodingOptions.Truncation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Added tokens, pairs and truncation, held against the tokenizers library. */
class WitnessOptionsTest {
  @TempDir Path folder;

  private static WordPiece tiny() {
    return WordPiece.load(resource("bert-tiny"));
  }

  private Path bert(Random random) {
    ObjectNode file = TokenizerJsonFiles.bert(tiny(), true, null, true);
    if (random != null) {
      addTokens(file, random);
    }
    return TokenizerJsonFiles.write(folder, "tokenizer.json", file);
  }

  private static final String[] ADDED = {
    "foo", "foobar", "<x>", "New York", "ÉTÉ", "x", "[", "..", "中", "👩", "Straße", "a b", "<|cat|>"
  };

  /** A few added tokens with flags as it comes. */
  private static void addTokens(ObjectNode file, Random random) {
    ArrayNode added = (ArrayNode) file.get("added_tokens");
    JsonNode vocabulary = file.get("model").get("vocab");
    int next = vocabulary.size();
    for (String content : ADDED) {
      if (random.nextBoolean()) {
        continue;
      }
      int id = vocabulary.has(content) ? vocabulary.get(content).asInt() : next++;
      ObjectNode token = TokenizerJsonFiles.add(added, id, content, random.nextBoolean());
      token.put("single_word", random.nextInt(3) == 0);
      token.put("lstrip", random.nextInt(3) == 0).put("rstrip", random.nextInt(3) == 0);
      token.put("special", random.nextInt(4) == 0);
    }
  }

  private static String text(Random random, RandomTexts texts) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(6); n > 0; n--) {
      text.append(random.nextInt(3) == 0 ? texts.next() : ADDED[random.nextInt(ADDED.length)]);
      text.append(" ".repeat(random.nextInt(3)));
      if (random.nextInt(4) == 0) {
        text.append("foobar FOO été STRASSE new york".split(" ", -1)[random.nextInt(6)]);
      }
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void addedTokens(int seed) throws IOException {
    Random random = new Random(seed);
    compareAdded(bert(random), random);
    ObjectNode clip = TokenizerJsonFiles.clip(resource("clip-tiny"), true);
    addTokens(clip, random);
    compareAdded(TokenizerJsonFiles.write(folder, "clip.json", clip), random);
  }

  private static void compareAdded(Path file, Random random) {
    Tokenizer ours = Tokenizer.load(file);
    EncodingOptions all = EncodingOptions.DEFAULT.withTruncation(Truncation.NONE);
    RandomTexts texts = new RandomTexts(random.nextLong());
    try (Library theirs = new Library(file)) {
      for (int i = 0; i < 400; i++) {
        String text = text(random, texts);
        Encoding expected = theirs.encode(text, null, true);
        String escaped = WitnessTest.escaped(text);
        assertArrayEquals(expected.ids(), ours.encode(text, all).ids(), escaped);
        assertArrayEquals(expected.ids(), ours.encode(text, all.withOffsets()).ids(), escaped);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"LONGEST_FIRST, true", "ONLY_FIRST, only_first", "ONLY_SECOND, only_second"})
  void pairsAreCutAlike(Truncation kind, String theirKind) throws IOException {
    Path bert = bert(null);
    Path clip =
        TokenizerJsonFiles.write(
            folder, "clip.json", TokenizerJsonFiles.clip(resource("clip-tiny"), false));
    for (Path file : new Path[] {bert, clip}) {
      for (int length = 4; length < 20; length += 3) {
        comparePairs(file, kind, theirKind, length);
      }
    }
  }

  private static void comparePairs(Path file, Truncation kind, String theirKind, int length) {
    EncodingOptions options =
        EncodingOptions.DEFAULT.withMaxLength(length).withTruncation(kind).withOffsets();
    Tokenizer ours = Tokenizer.load(file);
    Random random = new Random(length);
    Map<String, String> settings =
        Map.of("truncation", theirKind, "maxLength", Integer.toString(length));
    try (Library theirs = new Library(file, settings)) {
      for (int i = 0; i < 60; i++) {
        String first = "running shoes ".repeat(random.nextInt(5)) + "!".repeat(random.nextInt(3));
        String second = "green tea ".repeat(random.nextInt(5));
        Encoding actual;
        try {
          actual = ours.encode(first, second, options);
        } catch (TokenizerException e) {
          assertThrows(RuntimeException.class, () -> theirs.encode(first, second, true));
          continue;
        }
        Encoding expected = theirs.encode(first, second, true);
        assertEquals(expected, actual, first + "|" + second + "|" + length);
      }
    }
  }

  @Test
  void theOtherEndIsCutWhereAskedFor() {
    Tokenizer tokenizer = tiny();
    String text = "The best running shoes for women, size 10.";
    int[] all = tokenizer.ids(text);
    EncodingOptions left = EncodingOptions.DEFAULT.withMaxLength(7).withSide(Side.LEFT);
    int[] kept = tokenizer.encode(text, left).ids();
    assertEquals(7, kept.length);
    assertArrayEquals(
        Arrays.copyOfRange(all, all.length - 5, all.length), Arrays.copyOfRange(kept, 1, 6));
    Encoding bare = tokenizer.encode(text, left.withoutSpecialTokens().withOffsets());
    assertArrayEquals(Arrays.copyOfRange(all, all.length - 7, all.length), bare.ids());
    assertEquals(text.length(), bare.end(6));
    assertThrows(TokenizerException.class, () -> tokenizer.encode(text, left.withMaxLength(1)));
    assertThrows(TokenizerException.class, () -> left.withMaxLength(-1));
    assertThrows(TokenizerException.class, () -> tokenizer.encode(text).offsets());
  }
}
