package dev.weft.nn.text;

import static dev.weft.nn.TestFiles.resource;
import static dev.weft.nn.TestFiles.shared;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordPieceTest {
  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  @TempDir Path folder;

  @Test
  void equalsTheOriginalOnTheTinyModelsTexts() throws IOException {
    WordPiece tokenizer = WordPiece.load(resource("bert-tiny"));
    assertEquals(286, tokenizer.vocabularySize());
    assertEquals(512, tokenizer.maxLength());
    TokenCases.assertAllEqual(
        resource("bert-tiny/tokens.jsonl"), text -> tokenizer.encode(text).ids());
  }

  @Test
  void equalsTheOriginalWithTheGenuineVocabulary() throws IOException {
    Files.copy(shared("vocabulary/bert-base-uncased-vocab.txt"), folder.resolve("vocab.txt"));
    WordPiece tokenizer = WordPiece.load(folder);
    assertEquals(30522, tokenizer.vocabularySize());
    TokenCases.assertAllEqual(shared("vocabulary/bert-uncased-cases.jsonl"), tokenizer::ids);
  }

  @Test
  void piecesAreTheLongestThatFit() {
    WordPiece tokenizer = with("un", "##aff", "##able", "##a", "affable", "u", "##n");
    assertEquals(List.of("un", "##aff", "##able"), tokens(tokenizer, "unaffable"));
    assertEquals(List.of("affable"), tokens(tokenizer, "affable"));
    // "un" is taken, and what remains has no piece: the whole word is unknown.
    assertEquals(List.of("[UNK]"), tokens(tokenizer, "unx"));
  }

  @Test
  void wordsOfMoreThanAHundredCharactersAreUnknown() {
    WordPiece tokenizer = with("a", "##a", "𝒜", "##𝒜");
    assertEquals(100, tokenizer.ids("a".repeat(100)).length);
    assertEquals(List.of("[UNK]"), tokens(tokenizer, "a".repeat(101)));
    // Characters, not UTF-16 units.
    assertEquals(100, tokenizer.ids("𝒜".repeat(100)).length);
  }

  @Test
  void specialTokensAreThemselvesWhereverTheyStand() {
    WordPiece tokenizer = with("[", "]", "mask", "cls");
    assertEquals(List.of("[MASK]", "[CLS]"), tokens(tokenizer, " [MASK]\t[CLS]"));
    assertEquals(List.of("[", "mask", "]"), tokens(tokenizer, "[mask]"));
    assertEquals(
        List.of("[MASK]", "[CLS]", "[", "[MASK]", "[UNK]"),
        tokens(tokenizer, "[MASK][CLS] [[MASK]."));
  }

  @Test
  void casedVocabulariesKeepCaseAndAccents() {
    List<String> vocabulary = vocabulary("É", "e", "E", "é");
    WordPiece cased = WordPiece.of(vocabulary, new WordPieceOptions(false, false, true, 512));
    assertEquals(List.of("É", "e"), tokens(cased, "É e"));
    WordPiece lowerOnly = WordPiece.of(vocabulary, new WordPieceOptions(true, false, true, 512));
    assertEquals(List.of("é", "e"), tokens(lowerOnly, "É E"));
    WordPiece stripOnly = WordPiece.of(vocabulary, new WordPieceOptions(false, true, true, 512));
    assertEquals(List.of("E", "e"), tokens(stripOnly, "É é"));
  }

  @Test
  void ideographsAreWordsUnlessSwitchedOff() {
    List<String> vocabulary = vocabulary("中", "文", "##文");
    assertEquals(
        List.of("中", "文"), tokens(WordPiece.of(vocabulary, WordPieceOptions.UNCASED), "中文"));
    WordPiece joined = WordPiece.of(vocabulary, new WordPieceOptions(true, true, false, 512));
    assertEquals(List.of("中", "##文"), tokens(joined, "中文"));
  }

  @Test
  void longTextsAreCutBeforeTheEndToken() {
    WordPiece tokenizer = with("a").withMaxLength(5);
    assertArrayEquals(new int[] {2, 5, 5, 5, 3}, tokenizer.encode("a a a a a a").ids());
    assertArrayEquals(new int[] {2, 5, 3}, tokenizer.encode("a").ids());
    assertArrayEquals(new int[] {2, 3}, tokenizer.encode("").ids());
    assertThrows(TokenizerException.class, () -> tokenizer.withMaxLength(1));
  }

  @Test
  void savedFoldersLoadAsTheyWere() {
    WordPieceOptions options = new WordPieceOptions(false, true, false, 99);
    WordPiece tokenizer = WordPiece.of(vocabulary("É", "x"), options);
    tokenizer.save(folder);
    WordPiece loaded = WordPiece.load(folder);
    assertEquals(options, loaded.options());
    IntStream.range(0, tokenizer.vocabularySize())
        .forEach(id -> assertEquals(tokenizer.token(id), loaded.token(id)));
  }

  @Test
  void configurationsAsTheHubHasThem() throws IOException {
    Files.write(folder.resolve("vocab.txt"), List.of("<pad>", "<u>", "<b>", "<e>", "<m>", "a"));
    Files.writeString(folder.resolve("config.json"), "{\"max_position_embeddings\": 64}");
    config(
        """
        {"do_lower_case": false, "strip_accents": null, "model_max_length": 1e30,
         "unk_token": "<u>", "cls_token": {"content": "<b>"}, "sep_token": "<e>",
         "pad_token": "<pad>", "mask_token": "<m>"}\
        """);
    WordPiece tokenizer = WordPiece.load(folder);
    assertEquals(64, tokenizer.maxLength());
    assertEquals(new WordPieceOptions(false, false, true, 64), tokenizer.options());
    assertArrayEquals(new int[] {2, 5, 1, 3}, tokenizer.encode("a z").ids());
  }

  @Test
  void brokenFoldersAreNamed() throws IOException {
    refused("vocab.txt: no such file");
    Files.write(folder.resolve("vocab.txt"), List.of("a", "b"));
    refused("has no [UNK]");
    Files.write(folder.resolve("vocab.txt"), new byte[] {(byte) 0xFF, (byte) 0xFE});
    refused("vocab.txt: not valid UTF-8");
    Files.write(folder.resolve("vocab.txt"), vocabulary("a"));
    config("{");
    refused("tokenizer_config.json: not valid JSON");
    config("[]");
    refused("is not a JSON object");
    config("{\"do_lower_case\": \"yes\"}");
    refused("do_lower_case must be true or false");
    config("{\"model_max_length\": 0}");
    refused("model_max_length must be at least 2");
  }

  /** Line ends of Windows, a byte order mark, empty lines: ids are those of the same lines. */
  @Test
  void vocabulariesAsEditorsLeaveThem() throws IOException {
    List<String> lines = new ArrayList<>(vocabulary("a", "", "##b", "a"));
    int[] expected = {lines.size() - 1, lines.size() - 2};
    String text = "\uFEFF" + String.join("\r\n", lines) + "\r\n\r\n \n";
    Files.writeString(folder.resolve("vocab.txt"), text);
    WordPiece tokenizer = WordPiece.load(folder);
    assertEquals(lines.size(), tokenizer.vocabularySize());
    assertArrayEquals(expected, tokenizer.ids("ab"));
    Files.writeString(folder.resolve("vocab.txt"), String.join("\n", lines));
    assertArrayEquals(expected, WordPiece.load(folder).ids("ab"));
  }

  /** Their words come from a dictionary: ids without it would be wrong, and look right. */
  @Test
  void japaneseTokenizersAreRefused() throws IOException {
    Files.write(folder.resolve("vocab.txt"), vocabulary("a"));
    config("{\"word_tokenizer_type\": \"basic\", \"subword_tokenizer_type\": \"wordpiece\"}");
    WordPiece.load(folder);
    config("{\"word_tokenizer_type\": \"mecab\"}");
    refused("tokenizer_config.json: word_tokenizer_type must be \"basic\"");
    config("{\"subword_tokenizer_type\": \"character\"}");
    refused("tokenizer_config.json: subword_tokenizer_type must be \"wordpiece\"");
  }

  /** What a text may hold, it may hold anywhere; nothing throws, nothing is out of range. */
  @Test
  void anyTextIsTokenised() {
    WordPiece tokenizer = with("a", "##a");
    String odd = "\uD800 \uDC00\uFFFF\u0000\uFFFDA\u0301\uDBFF\u2028\u3000\u001C.";
    for (int from = 0; from <= odd.length(); from++) {
      for (int id : tokenizer.ids(odd.substring(from) + odd)) {
        assertTrue(id >= 0 && id < tokenizer.vocabularySize());
      }
    }
    assertEquals(1, tokenizer.ids("a".repeat(1 << 20)).length);
  }

  private void refused(String reason) {
    TokenizerException e = assertThrows(TokenizerException.class, () -> WordPiece.load(folder));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertTrue(e.getMessage().startsWith(folder.toString()), e.getMessage());
  }

  private void config(String json) throws IOException {
    Files.write(folder.resolve("tokenizer_config.json"), json.getBytes(StandardCharsets.UTF_8));
  }

  private static WordPiece with(String... tokens) {
    return WordPiece.of(vocabulary(tokens), WordPieceOptions.UNCASED);
  }

  private static List<String> vocabulary(String... tokens) {
    List<String> all = new ArrayList<>(SPECIAL);
    all.addAll(List.of(tokens));
    return all;
  }

  private static List<String> tokens(WordPiece tokenizer, String text) {
    return IntStream.of(tokenizer.ids(text)).mapToObj(tokenizer::token).toList();
  }
}
