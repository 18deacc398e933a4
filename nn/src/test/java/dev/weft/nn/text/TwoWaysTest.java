package dev.weft.nn.text;

import static dev.weft.nn.TestFiles.resource;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** With offsets a text goes another way than without: the ids must not differ. */
class TwoWaysTest {
  private static final EncodingOptions ALL =
      EncodingOptions.DEFAULT.withTruncation(EncodingOptions.Truncation.NONE);

  private static List<Tokenizer> tokenizers() {
    List<String> pieces =
        IntStream.range(0, 286).mapToObj(WordPiece.load(resource("bert-tiny"))::token).toList();
    return List.of(
        WordPiece.load(resource("bert-tiny")),
        WordPiece.of(pieces, new WordPieceOptions(false, false, true, 512)),
        WordPiece.of(pieces, new WordPieceOptions(true, false, false, 512)),
        ClipBpe.load(resource("clip-tiny")));
  }

  @Test
  void bothGiveTheSameIds() {
    for (Tokenizer tokenizer : tokenizers()) {
      RandomTexts texts = new RandomTexts(21);
      Random random = new Random(22);
      for (int i = 0; i < 3000; i++) {
        String text = broken(texts.next(), random);
        Encoding plain = tokenizer.encode(text, ALL);
        Encoding aligned = tokenizer.encode(text, ALL.withOffsets());
        assertArrayEquals(plain.ids(), aligned.ids(), () -> WitnessTest.escaped(text));
        assertOffsets(text, aligned);
      }
    }
  }

  /** Half of a character put anywhere, now and then. */
  private static String broken(String text, Random random) {
    if (random.nextInt(4) > 0) {
      return text;
    }
    int at = random.nextInt(text.length() + 1);
    char half = (char) (0xD800 + random.nextInt(0x800));
    return text.substring(0, at) + half + text.substring(at);
  }

  private static void assertOffsets(String text, Encoding encoding) {
    int last = encoding.length() - 1;
    assertEquals(0, encoding.end(0));
    assertEquals(0, encoding.end(last));
    for (int i = 1; i < last; i++) {
      assertTrue(encoding.start(i) < encoding.end(i) && encoding.end(i) <= text.length());
      assertTrue(encoding.start(i) >= encoding.start(Math.max(1, i - 1)), text);
    }
  }

  @Test
  void offsetsOfTextsThatChange() {
    Tokenizer clip = ClipBpe.load(resource("clip-tiny"));
    String text = " A &amp;amp; B&lt;";
    Encoding encoding = clip.encode(text, ALL.withOffsets());
    assertEquals(List.of("A", "&amp;amp;", "B", "&lt;"), covered(text, encoding));
    assertEquals(List.of("&not", "it", ";"), covered("&notit;", clip, "it"));
    Tokenizer bert = WordPiece.load(resource("bert-tiny"));
    String accents = "\u0000Le\u0301 [MASK]!";
    Encoding marks = bert.encode(accents, ALL.withOffsets());
    assertEquals(List.of("L", "e", "[MASK]", "!"), covered(accents, marks));
  }

  private static List<String> covered(String text, Encoding encoding) {
    return IntStream.range(1, encoding.length() - 1)
        .mapToObj(i -> text.substring(encoding.start(i), encoding.end(i)))
        .toList();
  }

  /** The parts of a text, tokens of one word taken together. */
  private static List<String> covered(String text, Tokenizer tokenizer, String word) {
    Encoding encoding = tokenizer.encode(text, ALL.withOffsets());
    int from = text.indexOf(word);
    int to = from + word.length();
    assertTrue(
        IntStream.range(1, encoding.length() - 1)
            .allMatch(i -> encoding.end(i) <= from || encoding.start(i) >= from));
    return List.of(text.substring(0, from), text.substring(from, to), text.substring(to));
  }

  @Test
  void threadsShareATokenizer() throws Exception {
    Tokenizer shared = WordPiece.load(resource("bert-tiny"));
    Tokenizer alone = WordPiece.load(resource("bert-tiny"));
    RandomTexts random = new RandomTexts(5);
    List<String> texts = Stream.generate(random::next).limit(1000).toList();
    List<Encoding> expected = alone.encodeAll(texts);
    try (var pool = Executors.newFixedThreadPool(4)) {
      Callable<Boolean> work = () -> expected.equals(shared.encodeAll(texts));
      for (Future<Boolean> result : pool.invokeAll(List.of(work, work, work, work))) {
        assertTrue(result.get());
      }
    }
  }
}
