package dev.weft.nn.text;

import static dev.weft.nn.TestFiles.resource;
import static dev.weft.nn.TestFiles.shared;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that a vocabulary comes in, which of them counts, and what is refused. */
class VocabularySourcesTest {
  private static final String ARCHIVE = "bpe_simple_vocab_16e6.txt.gz";

  @TempDir Path folder;

  private static WordPiece bert() {
    return WordPiece.load(resource("bert-tiny"));
  }

  @Test
  void theGenuineFilesOfAllKinds() throws IOException {
    TokenCases.assertAllEqual(
        shared("vocabulary/bert-uncased-cases.jsonl"),
        Tokenizer.load(shared("vocabulary/bert"))::ids);
    TokenCases.assertAllEqual(
        shared("vocabulary/bert-uncased-cases.jsonl"),
        Tokenizer.load(shared("vocabulary/bert-base-uncased-vocab.txt"))::ids);
    Path clip = shared("vocabulary/clip-cases.jsonl");
    TokenCases.assertAllEqual(clip, Tokenizer.load(shared("vocabulary/clip"))::ids);
    TokenCases.assertAllEqual(clip, Tokenizer.load(shared("vocabulary/clip/tokenizer.json"))::ids);
    Tokenizer archive = Tokenizer.load(shared("vocabulary/clip_bpe_simple_vocab_16e6.txt.gz"));
    TokenCases.assertAllEqual(clip, archive::ids);
    Tokenizer json = Tokenizer.load(shared("vocabulary/clip"));
    assertEquals(json.vocabularySize(), archive.vocabularySize());
    for (int id = 0; id < archive.vocabularySize(); id++) {
      assertEquals(json.token(id), archive.token(id));
    }
  }

  @Test
  void theArchiveOfOpenAi() throws IOException {
    List<String> lines = VocabularyFiles.lines(resource("clip-tiny/merges.txt"));
    gzip(lines, 0);
    Tokenizer tokenizer = Tokenizer.load(folder);
    assertInstanceOf(ClipBpe.class, tokenizer);
    assertEquals(752, tokenizer.vocabularySize());
    TokenCases.assertAllEqual(
        resource("clip-tiny/tokens.jsonl"), text -> tokenizer.encode(text).ids());
  }

  /**
   * Only what counts is decompressed, so more of it is no harm, and one endless line is refused.
   */
  @Test
  void archivesOfAnySizeCostLittle() throws IOException {
    List<String> lines = VocabularyFiles.lines(resource("clip-tiny/merges.txt"));
    gzip(lines, 64 << 20);
    refused("should need less than 2 MiB");
    Files.write(folder.resolve(ARCHIVE), new byte[] {31, -117, 8, 0, 1});
    refused("cannot be decompressed");
    Files.write(folder.resolve(ARCHIVE), "no gzip".getBytes(StandardCharsets.UTF_8));
    refused("cannot be decompressed");
    gzip(List.of("origin", "a b c"), 0);
    refused("merge 'a b c' must be two tokens");
    gzip(List.of("origin", "qq q"), 0);
    refused("has no 'qq'");
  }

  private void gzip(List<String> lines, int zeros) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(ARCHIVE)))) {
      out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
      byte[] block = new byte[1 << 20];
      for (int written = 0; written < zeros; written += block.length) {
        out.write(block);
      }
    }
  }

  @Test
  void tokenizerJsonComesFirstForBert() throws IOException {
    Files.writeString(folder.resolve("vocab.txt"), "nothing\n");
    write(TokenizerJsonFiles.bert(bert(), true, null, true));
    assertEquals(286, Tokenizer.load(folder).vocabularySize());
    assertArrayEquals(bert().ids("Green Café"), Tokenizer.load(folder).ids("Green Café"));
  }

  @Test
  void tokenizerConfigHoldsAgainstTokenizerJson() throws IOException {
    write(TokenizerJsonFiles.bert(bert(), true, null, true));
    config("{\"do_lower_case\": false, \"model_max_length\": 9}");
    WordPiece tokenizer = WordPiece.load(folder);
    assertEquals(new WordPieceOptions(false, true, true, 9), withAccents(tokenizer.options()));
    int[] lower = tokenizer.ids("tea");
    assertTrue(!Arrays.equals(lower, tokenizer.ids("TEA")));
    config("{}");
    assertArrayEquals(lower, WordPiece.load(folder).ids("TEA"));
  }

  /** Which is a word of its own to transformers: accents then go with capitals. */
  @Test
  void nullHoldsAgainstTokenizerJson() throws IOException {
    write(TokenizerJsonFiles.bert(bert(), true, false, true));
    config("{\"do_lower_case\": true}");
    assertEquals(false, WordPiece.load(folder).options().stripAccents());
    config("{\"do_lower_case\": true, \"strip_accents\": null}");
    assertEquals(true, WordPiece.load(folder).options().stripAccents());
  }

  private static WordPieceOptions withAccents(WordPieceOptions options) {
    return new WordPieceOptions(
        options.lowerCase(), true, options.splitsIdeographs(), options.maxLength());
  }

  @Test
  void vocabJsonComesFirstForClip() throws IOException {
    for (String name : List.of("vocab.json", "merges.txt")) {
      Files.copy(resource("clip-tiny/" + name), folder.resolve(name));
    }
    write(TokenizerJsonFiles.clip(resource("clip-tiny"), false));
    Tokenizer original = Tokenizer.load(folder);
    Files.delete(folder.resolve("merges.txt"));
    Tokenizer library = Tokenizer.load(folder);
    assertEquals(3, original.encode("&amp;").length());
    assertTrue(library.encode("&amp;").length() > 3);
    assertArrayEquals(original.ids("green tea"), library.ids("green tea"));
  }

  @Test
  void tokensAddedInFilesOfTheirOwn() throws IOException {
    Files.copy(resource("bert-tiny/vocab.txt"), folder.resolve("vocab.txt"));
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<new>\": 286, \"Old\": 287}");
    config(
        """
        {"added_tokens_decoder": {"288": {"content": "<gap>", "lstrip": true, "rstrip": false,
         "single_word": false, "normalized": false, "special": true}}}\
        """);
    Tokenizer tokenizer = Tokenizer.load(folder);
    assertEquals(289, tokenizer.vocabularySize());
    assertEquals("<gap>", tokenizer.token(288));
    assertArrayEquals(new int[] {286, 287, 287}, tokenizer.ids("<new>old OLD"));
    Encoding gap =
        tokenizer.encode(
            "tea  <gap>", EncodingOptions.DEFAULT.withOffsets().withoutSpecialTokens());
    assertEquals(288, gap.ids()[gap.length() - 1]);
    assertEquals(3, gap.start(gap.length() - 1));
    Path saved = Files.createDirectory(folder.resolve("saved"));
    tokenizer.save(saved);
    assertArrayEquals(tokenizer.ids("a <new>x <gap>"), Tokenizer.load(saved).ids("a <new>x <gap>"));
    // A model with fewer vectors cannot use them.
    Files.writeString(folder.resolve("config.json"), "{\"vocab_size\": 287}");
    assertEquals(287, Tokenizer.load(folder).vocabularySize());
  }

  @Test
  void savedTokenizerJsonLoadsAsItWas() throws IOException {
    Path saved = Files.createDirectory(folder.resolve("saved"));
    write(TokenizerJsonFiles.bert(bert(), false, true, false));
    WordPiece tokenizer = WordPiece.load(folder).withMaxLength(33);
    tokenizer.save(saved);
    assertEquals(tokenizer.options(), WordPiece.load(saved).options());
    assertEquals(33, WordPiece.load(saved).maxLength());
  }

  @Test
  void otherNormalizersAndPreTokenizers() throws IOException {
    ObjectNode file = TokenizerJsonFiles.bert(bert(), true, null, true);
    file.set(
        "normalizer",
        TokenizerJsonFiles.JSON.readTree(
            """
            {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "Lowercase"},
             {"type": "StripAccents"}, {"type": "Strip", "strip_left": true, "strip_right": true},
             {"type": "Replace", "pattern": {"String": "``"}, "content": "\\""}]}\
            """));
    file.set(
        "pre_tokenizer",
        TokenizerJsonFiles.JSON.readTree(
            """
            {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"},
             {"type": "Punctuation", "behavior": "Isolated"}]}\
            """));
    Path json = write(file);
    Tokenizer ours = Tokenizer.load(folder);
    RandomTexts texts = new RandomTexts(31);
    try (Library theirs = new Library(json)) {
      for (int i = 0; i < 1000; i++) {
        String text = texts.next() + "``x ";
        int[] expected = theirs.encode(text, null, true).ids();
        EncodingOptions all =
            EncodingOptions.DEFAULT.withTruncation(EncodingOptions.Truncation.NONE);
        assertArrayEquals(expected, ours.encode(text, all).ids(), () -> WitnessTest.escaped(text));
      }
    }
  }

  @Test
  void brokenTokenizerJsonIsNamed() throws IOException {
    refusedJson("{", "not valid JSON");
    refusedJson("{}", "has no 'model'");
    refusedJson("{\"model\": {\"type\": \"Unigram\", \"vocab\": []}}", "model.type is Unigram");
    refusedJson("{\"model\": {\"type\": \"WordPiece\"}}", "must be an object of tokens");
    refusedJson("{\"model\": {\"vocab\": {\"a\": 5}}}", "'a' has id 5; ids must be 0 to 0");
    refusedJson("{\"model\": {\"vocab\": {\"a\": 0}}}", "has no [UNK]");
    String good = "\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"[UNK]\": 0}}";
    assertEquals(1, loadJson("{" + good + "}").ids("x").length);
    refusedJson("{\"normalizer\": {\"type\": \"Precompiled\"}," + good + "}", "normalizer of type");
    refusedJson(
        "{\"normalizer\": {\"type\": \"Replace\", \"pattern\": {\"Regex\": \"(a*)*\"}},"
            + good
            + "}",
        "normalizer of type Replace");
    refusedJson("{\"pre_tokenizer\": {\"type\": \"Metaspace\"}," + good + "}", "pre_tokenizer of");
    refusedJson("{\"post_processor\": {\"type\": \"X\"}," + good + "}", "post_processor of type X");
    refusedJson(
        "{\"post_processor\": {\"type\": \"BertProcessing\", \"sep\": [\"a\", 7]}," + good + "}",
        "id 7 is none of the 1 tokens",
        "id  is none of the 1 tokens");
    refusedJson("{\"added_tokens\": [{\"id\": 99999999}]," + good + "}", "id 99999999");
    refusedJson("{\"added_tokens\": [{\"id\": 1}]," + good + "}", "has no 'content'");
    refusedJson(
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": [3]}}", "not supported");
    refusedJson("[".repeat(5000), "not valid JSON");
  }

  private Tokenizer loadJson(String json) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), json);
    return Tokenizer.load(folder);
  }

  private void refusedJson(String json, String... reasons) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), json);
    TokenizerException e = assertThrows(TokenizerException.class, () -> Tokenizer.load(folder));
    boolean named =
        IntStream.range(0, reasons.length).anyMatch(i -> e.getMessage().contains(reasons[i]));
    assertTrue(named, e.getMessage());
  }

  @Test
  void emptyFoldersSayWhatIsMissing() {
    refused("has none of vocab.txt");
  }

  private void refused(String reason) {
    TokenizerException e = assertThrows(TokenizerException.class, () -> Tokenizer.load(folder));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  private void config(String json) throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), json);
  }

  private Path write(ObjectNode file) {
    return TokenizerJsonFiles.write(folder, "tokenizer.json", file);
  }
}
