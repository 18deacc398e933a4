package dev.weft.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainersTest {
  private static final List<String> TEXTS =
      List.of(
          "A red running shoe for women, light and fast.",
          "Blue running shoes for men, size 10",
          "Green tea, organic: 20 bags of green tea",
          "Café mug with a saucer, 3/4\" rim &amp; gold; 日本 porcelain",
          "Running socks in red, blue and green (pack of 6)");

  @TempDir Path folder;

  @Test
  void frequentWordsBecomeOnePiece() {
    WordPiece tokenizer = new WordPieceTrainer(400).train(TEXTS);
    for (String word : List.of("running", "green", "shoe", "tea", "and")) {
      assertEquals(1, tokenizer.ids(word).length, word);
    }
    assertTrue(tokenizer.vocabularySize() <= 400);
    ClipBpe bytes = new BpeTrainer(800).train(TEXTS);
    for (String word : List.of("running", "green", "tea", "and")) {
      assertEquals(1, bytes.ids(word).length, word);
    }
    assertTrue(bytes.vocabularySize() <= 800);
  }

  @Test
  void nothingOfTheTextsIsUnknown() {
    WordPiece tokenizer = new WordPieceTrainer(400).train(TEXTS);
    int unknown = 1;
    assertEquals("[UNK]", tokenizer.token(unknown));
    for (String text : TEXTS) {
      assertFalse(IntStream.of(tokenizer.ids(text)).anyMatch(id -> id == unknown), text);
    }
    // Nor any word of ASCII, although the texts have no q and no z.
    assertFalse(IntStream.of(tokenizer.ids("Quiz-Zzz #1!")).anyMatch(id -> id == unknown));
  }

  @Test
  void theOrderOfTextsDoesNotMatter() {
    List<String> shuffled = new ArrayList<>(TEXTS);
    Collections.shuffle(shuffled, new Random(1));
    assertSame(new WordPieceTrainer(300).train(TEXTS), new WordPieceTrainer(300).train(shuffled));
    assertSame(new BpeTrainer(600).train(TEXTS), new BpeTrainer(600).train(shuffled));
  }

  private static void assertSame(Tokenizer expected, Tokenizer actual) {
    assertEquals(expected.vocabularySize(), actual.vocabularySize());
    for (int id = 0; id < expected.vocabularySize(); id++) {
      assertEquals(expected.token(id), actual.token(id));
    }
  }

  @Test
  void theSizeIsReachedExactlyWhereTextsAllow() {
    WordPieceTrainer trainer = new WordPieceTrainer(180, 1, WordPieceOptions.UNCASED);
    assertEquals(180, trainer.train(TEXTS).vocabularySize());
    assertEquals(530, new BpeTrainer(530).train(TEXTS).vocabularySize());
    assertEquals(514, new BpeTrainer(514).train(TEXTS).vocabularySize());
    assertEquals(514, new BpeTrainer(1000).train(List.of()).vocabularySize());
    TokenizerException e =
        assertThrows(TokenizerException.class, () -> new WordPieceTrainer(10).train(TEXTS));
    assertTrue(e.getMessage().contains("at least"), e.getMessage());
    assertThrows(TokenizerException.class, () -> new BpeTrainer(513));
  }

  @Test
  void savedFoldersTokeniseAsTheTrained() throws IOException {
    WordPiece pieces = new WordPieceTrainer(300).train(TEXTS);
    ClipBpe bytes = new BpeTrainer(700).train(TEXTS);
    Path bert = Files.createDirectory(folder.resolve("bert"));
    Path clip = Files.createDirectory(folder.resolve("clip"));
    pieces.save(bert);
    bytes.save(clip);
    for (String text : TEXTS) {
      assertArrayEquals(pieces.encode(text).ids(), WordPiece.load(bert).encode(text).ids());
      assertArrayEquals(bytes.encode(text).ids(), ClipBpe.load(clip).encode(text).ids());
    }
    try (var files = Files.list(clip)) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      assertEquals(Arrays.asList("merges.txt", "tokenizer_config.json", "vocab.json"), names);
    }
  }

  @Test
  void casedVocabulariesKeepCapitals() {
    WordPieceOptions cased = new WordPieceOptions(false, false, true, 64);
    WordPiece tokenizer = new WordPieceTrainer(400, 1, cased).train(TEXTS);
    assertEquals("Running", tokenizer.token(tokenizer.ids("Running")[0]));
    assertEquals(64, tokenizer.maxLength());
  }
}
