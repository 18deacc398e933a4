package dev.weft.nn.text;

import static dev.weft.nn.TestFiles.resource;
import static dev.weft.nn.TestFiles.shared;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipBpeTest {
  @TempDir Path folder;

  @Test
  void equalsTheOriginalOnTheTinyModelsTexts() throws IOException {
    ClipBpe tokenizer = ClipBpe.load(resource("clip-tiny"));
    assertEquals(752, tokenizer.vocabularySize());
    assertEquals(77, tokenizer.maxLength());
    assertEquals(751, tokenizer.endId());
    TokenCases.assertAllEqual(
        resource("clip-tiny/tokens.jsonl"), text -> tokenizer.encode(text).ids());
  }

  @Test
  void equalsTheOriginalWithTheGenuineVocabulary() throws IOException {
    ClipBpe tokenizer = ClipBpe.load(shared("vocabulary/clip"));
    assertEquals(49408, tokenizer.vocabularySize());
    assertEquals(77, tokenizer.maxLength());
    TokenCases.assertAllEqual(shared("vocabulary/clip-cases.jsonl"), tokenizer::ids);
  }

  @Test
  void longTextsKeepTheirEndToken() {
    ClipBpe tokenizer = ClipBpe.load(resource("clip-tiny"));
    int[] ids = tokenizer.encode("organic green tea ".repeat(100)).ids();
    assertEquals(77, ids.length);
    assertEquals(tokenizer.endId(), ids[76]);
    assertEquals(3, tokenizer.withMaxLength(3).encode("green tea bag").length());
  }

  @Test
  void referencesAreUnescapedTwiceAndSpacesCollapsed() {
    assertEquals(List.of("salt", "&", "pepper"), words("  Salt &amp;amp;\n PEPPER\u3000"));
    assertEquals(List.of("a", "b"), words("\u001Ca\u2028\u00A0b\u001F "));
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    ClipBpe.words(text, words::add);
    return words;
  }

  /** The expression that the published tokenizer gives to a regular-expression engine. */
  private static final Pattern PUBLISHED =
      Pattern.compile(
          "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d"
              + "|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
          Pattern.UNICODE_CHARACTER_CLASS);

  @Test
  void splitsAsThePublishedExpression() {
    String[] parts = {
      "'s",
      "'",
      "ll",
      "'ve",
      "'re",
      "<|startoftext|>",
      "<|endoftext|>",
      "<|",
      "a",
      "é",
      "ß",
      "中",
      "1",
      "½",
      "٣",
      "Ⅷ",
      " ",
      "\u3000",
      "!",
      "…",
      "😀",
      "\u0301",
      "\u001C",
      "\u0000",
      "'d",
      "m"
    };
    Random random = new Random(11);
    for (int i = 0; i < 5000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      List<String> expected = new ArrayList<>();
      Matcher matcher = PUBLISHED.matcher(text);
      while (matcher.find()) {
        expected.add(matcher.group());
      }
      List<String> actual = new ArrayList<>();
      AlignedText aligned = AlignedText.of(text, 0, text.length(), false);
      ClipText.Variant.ORIGINAL
          .splitter()
          .split(
              aligned,
              0,
              text.length(),
              (from, to) -> actual.add(aligned.subSequence(from, to).toString()));
      assertEquals(expected, actual, text.toString());
    }
  }

  /**
   * The published expression ignores case: in Unicode a long s is an s in another case, and the
   * mark U+0345 a letter's, so that neither letters nor other characters hold it. Checked with
   * Python's regex 2022.10.31.
   */
  @Test
  void caseIsIgnoredAsInTheOriginal() {
    List<String> words = new ArrayList<>();
    String text = "don'\u017F <|\u017Ftartoftext|>\u0345.\u0345a";
    AlignedText aligned = AlignedText.of(text, 0, text.length(), false);
    WordSplitter.Words add = (from, to) -> words.add(text.substring(from, to));
    ClipText.Variant.ORIGINAL.splitter().split(aligned, 0, text.length(), add);
    assertEquals(List.of("don", "'\u017F", "<|\u017Ftartoftext|>", ".", "a"), words);
    words.clear();
    ClipText.Variant.LIBRARY.splitter().split(aligned, 0, 5, add);
    assertEquals(List.of("don", "'", "\u017F"), words);
  }

  /** Merges one after the other through the whole word, as the paper describes them. */
  @Test
  void mergesAsTheDefinition() {
    ClipBpe tokenizer = ClipBpe.load(resource("clip-tiny"));
    List<String> ranked = mergeLines();
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      StringBuilder word = new StringBuilder();
      for (int n = 1 + random.nextInt(12); n > 0; n--) {
        word.append("greencoatlhkiws".charAt(random.nextInt(15)));
      }
      List<String> actual =
          IntStream.of(tokenizer.ids(word.toString())).mapToObj(tokenizer::token).toList();
      assertEquals(merged(word.toString(), ranked), actual, word.toString());
    }
  }

  private static List<String> mergeLines() {
    List<String> lines = VocabularyFiles.lines(resource("clip-tiny/merges.txt"));
    return lines.subList(1, lines.size());
  }

  private static List<String> merged(String word, List<String> ranked) {
    List<String> symbols = new ArrayList<>(List.of(word.split("")));
    symbols.set(symbols.size() - 1, symbols.getLast() + "</w>");
    while (true) {
      int best = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int rank = ranked.indexOf(symbols.get(i) + " " + symbols.get(i + 1));
        best = rank >= 0 ? Math.min(best, rank) : best;
      }
      if (best == Integer.MAX_VALUE) {
        return symbols;
      }
      for (int i = 0; i + 1 < symbols.size(); i++) {
        if (ranked.get(best).equals(symbols.get(i) + " " + symbols.get(i + 1))) {
          symbols.set(i, symbols.get(i) + symbols.remove(i + 1));
        }
      }
    }
  }

  @Test
  void savedFoldersLoadAsTheyWere() throws IOException {
    ClipBpe tokenizer = ClipBpe.load(resource("clip-tiny"));
    tokenizer.withMaxLength(40).save(folder);
    ClipBpe loaded = ClipBpe.load(folder);
    assertEquals(40, loaded.maxLength());
    TokenCases.assertAllEqual(
        resource("clip-tiny/tokens.jsonl"), text -> loaded.withMaxLength(77).encode(text).ids());
    assertEquals(
        -1, Files.mismatch(resource("clip-tiny/merges.txt"), folder.resolve("merges.txt")));
  }

  @Test
  void brokenFoldersAreNamed() throws IOException {
    refused("vocab.json: no such file");
    Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0, \"b\": 0}");
    refused("'a' and 'b' both have id 0");
    Files.writeString(folder.resolve("vocab.json"), "{\"a\": 7}");
    refused("'a' has id 7; ids must be 0 to 0");
    Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0, \"a\": 1}");
    refused("not valid JSON: Duplicate field 'a'");
    Files.copy(
        resource("clip-tiny/vocab.json"),
        folder.resolve("vocab.json"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    refused("merges.txt: no such file");
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\na b c\n");
    refused("merge 'a b c' must be two tokens");
    Files.writeString(folder.resolve("merges.txt"), "q q\n");
    refused("has no 'qq'");
    Files.writeString(folder.resolve("merges.txt"), "");
    assertEquals(752, ClipBpe.load(folder).vocabularySize());
  }

  /** One merge pass per symbol would take minutes for a word of a million letters. */
  @Test
  void anyTextIsTokenised() {
    ClipBpe tokenizer = ClipBpe.load(resource("clip-tiny"));
    assertTrue(tokenizer.ids("green".repeat(200_000)).length > 0);
    String odd = "\uD800x\uDC00\uFFFF\u0000&#xD800;&#99999999999;&#x110000;&;&#;&#x;&";
    for (int from = 0; from <= odd.length(); from++) {
      for (int id : tokenizer.ids(odd.substring(from))) {
        assertTrue(id >= 0 && id < tokenizer.vocabularySize());
      }
    }
    assertArrayEquals(new int[] {750, 751}, tokenizer.encode("&nbsp; &#32;").ids());
  }

  private void refused(String reason) {
    TokenizerException e = assertThrows(TokenizerException.class, () -> ClipBpe.load(folder));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertTrue(e.getMessage().startsWith(folder.toString()), e.getMessage());
  }
}
