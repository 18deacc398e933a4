package dev.weft.mp4sr.data.ingest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AmazonReviewsTest {
  private static final IngestOptions ALL = IngestOptions.defaults("t").withCore(0, 0, false);

  @TempDir Path temp;

  private Path file(String name, String... lines) throws IOException {
    return Files.writeString(temp.resolve(name), String.join("\n", lines));
  }

  private static IngestResult read(Path reviews, Path meta, IngestOptions options) {
    return AmazonReviews.read(reviews, meta, options, ProgressListener.NONE);
  }

  private static String review(String user, String item, long time) {
    return "{\"reviewerID\": \"%s\", \"asin\": \"%s\", \"unixReviewTime\": %d, \"overall\": 5.0}"
        .formatted(user, item, time);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void readsReviewsOf2018InOrderOfTime() throws IOException {
    Path reviews =
        file(
            "r.json",
            review("u", "b", 1400000300),
            review("v", "a", 1400000000),
            "",
            review("u", "a", 1400000100),
            review("u", "c", 1400000200));
    Path meta =
        file(
            "m.json",
            "{\"asin\": \"a\", \"title\": \"A &amp; <b>B</b>\", \"description\": [\"one\", \" \","
                + " \"two\"], \"brand\": \"Acme\", \"category\": [\"Home\", \"Mugs\"],"
                + " \"imageURLHighRes\": [\"http://x/1.jpg\"]}",
            "{\"asin\": \"zzz\", \"title\": \"nobody bought it\"}",
            "{\"asin\": \"a\", \"title\": \"again\"}",
            "{\"asin\": \"b\", \"title\": \"\", \"description\": [], \"category\": []}");
    IngestResult result = read(reviews, meta, ALL);
    Dataset dataset = result.dataset();
    assertEquals(List.of("u", "v"), dataset.users());
    assertEquals(List.of("a", "c", "b"), dataset.items().stream().map(Item::id).toList());
    assertArrayEquals(new int[] {1, 2, 3}, dataset.sequences().get(0));
    assertArrayEquals(new int[] {1}, dataset.sequences().get(1));
    assertEquals(List.of("A & B", "one", "two", "Acme", "Home, Mugs"), dataset.item(1).texts());
    assertEquals(List.of(), dataset.item(3).texts());
    Coverage coverage = result.summary().coverage();
    assertEquals(new Coverage(1, 5, 0, 0, 1, 1, 1), coverage);
    assertEquals(new IngestSummary.Lines(5, 0), result.summary().lines());
    assertEquals(1 - 4.0 / 6, result.summary().sparsity(), 1e-12);
    assertEquals(new IngestSummary.Lengths(1, 2, 2, 3), result.summary().lengths());
  }

  @Test
  void readsReviewsOf2023() throws IOException {
    Path reviews = temp.resolve("r.jsonl.gz");
    // The last has the same clock in seconds, as other years have it: earlier than both.
    String text =
        """
        {"user_id": "u", "asin": "a-red", "parent_asin": "a", "timestamp": 1602000000000}
        {"user_id": "u", "asin": "b", "parent_asin": "b", "timestamp": "1500000000000"}
        {"user_id": "u", "asin": "c", "timestamp": 1400000000, "rating": 4.0}
        """;
    Files.write(reviews, gzip(text));
    Path meta =
        file(
            "m.jsonl",
            "{\"parent_asin\": \"a\", \"title\": \"T\", \"description\": \"D\", \"store\": \"S\","
                + " \"categories\": [\"X\", \"Y\"], \"images\": [{\"large\": \"http://x\"}]}");
    Dataset dataset = read(reviews, meta, ALL).dataset();
    assertEquals(List.of("c", "b", "a"), dataset.items().stream().map(Item::id).toList());
    assertEquals(List.of("T", "D", "S", "X, Y"), dataset.item(3).texts());
  }

  @Test
  void readsPythonDictsOf2014() throws IOException {
    Path reviews = file("r.json", review("u", "a", 1), review("u", "b", 2));
    Path meta =
        file(
            "m.json",
            "{'asin': 'a', 'title': \"It's\", 'description': 'caf\\xe9 \\'x\\' \\u2713 \\\\',"
                + " 'price': 1.5, 'categories': [['Home', u'Mugs'], ('More',)], 'related': {'n':"
                + " [1, -2, True, None]}, 'imUrl': 'http://x/1.jpg', 'salesRank': {}}",
            "{'title': 'B', 'asin': 'b', }");
    IngestResult result = read(reviews, meta, ALL);
    assertEquals(
        List.of("It's", "café 'x' ✓ \\", "Home, Mugs, More"), result.dataset().item(1).texts());
    assertEquals(List.of("B"), result.dataset().item(2).texts());
    assertEquals(1, result.summary().coverage().imageLinksOnly());
  }

  @Test
  void brokenPythonDictsAreNamed() throws IOException {
    Path reviews = file("r.json", review("u", "a", 1));
    String deep = "[".repeat(1000);
    for (String broken :
        List.of(
            "{'asin': 'a'",
            "{'asin': 'a",
            "{'asin' 'a'}",
            "{'asin': 'a'} x",
            "{'asin': '\\xzz'}",
            "{'asin': '\\U00110000'}",
            "{'a': nonsense}",
            "{'a': 1.2.3}",
            "{'a': " + deep,
            "{'a',}",
            "{'asin': '\\",
            "{'a': 1 2}",
            "{'a': }")) {
      Path meta = file("m.json", broken);
      DataException error = assertThrows(DataException.class, () -> read(reviews, meta, ALL));
      assertTrue(error.getMessage().contains("m.json:1: not a Python literal"), error.getMessage());
    }
  }

  @Test
  void countsDuplicatesRepeatsAndTies() throws IOException {
    Path reviews =
        file(
            "r.json",
            review("u", "a", 10),
            review("u", "b", 20),
            review("u", "c", 20),
            review("u", "b", 20),
            review("u", "a", 30),
            review("u", "a", 10));
    IngestResult kept = read(reviews, null, ALL);
    assertArrayEquals(new int[] {1, 2, 3, 1}, kept.dataset().sequences().getFirst());
    assertEquals(new IngestSummary.Cleaning(2, 1, 0, 1, 1), kept.summary().cleaning());
    IngestResult first = read(reviews, null, ALL.withRepeats(Repeats.FIRST_ONLY));
    assertArrayEquals(new int[] {1, 2, 3}, first.dataset().sequences().getFirst());
    assertEquals(new IngestSummary.Cleaning(2, 1, 1, 1, 1), first.summary().cleaning());
  }

  @Test
  void findsImagesByAsin() throws IOException {
    Path images = temp.resolve("images");
    for (String name : List.of("a/10.jpg", "a/2.PNG", "a/notes.txt", "b.jpg", "evil.jpg")) {
      Path picture = images.resolve(name);
      Files.createDirectories(picture.getParent());
      Files.writeString(picture, "not read here");
    }
    Path reviews =
        file(
            "r.json",
            review("u", "a", 1),
            review("u", "b", 2),
            review("u", "x/../evil", 3),
            review("u", "..", 4));
    Dataset dataset = read(reviews, null, ALL.withImages(images)).dataset();
    assertEquals(
        List.of(images.resolve("a/2.PNG").toString(), images.resolve("a/10.jpg").toString()),
        dataset.item(1).images());
    assertEquals(List.of(images.resolve("b.jpg").toString()), dataset.item(2).images());
    assertEquals(List.of(), dataset.item(4).images());
    assertThrows(
        DataException.class, () -> read(reviews, null, ALL.withImages(temp.resolve("nowhere"))));
  }

  @Test
  void malformedLinesAreNamedOrCounted() throws IOException {
    String good = review("u", "a", 1);
    for (String[] bad :
        new String[][] {
          {"{\"reviewerID\": ", "not JSON"},
          {"[1]", "not a JSON object"},
          {"null", "not a JSON object"},
          {"{\"asin\": \"a\", \"unixReviewTime\": 1}", "field reviewerID|user_id: is missing"},
          {review("", "a", 1), "field reviewerID|user_id: is not an id"},
          {review("u", "a", 1).replace("asin", "isbn"), "field parent_asin|asin: is missing"},
          {good.replace(": 1,", ": \"x\","), "field unixReviewTime|timestamp: is not a number"},
          {good.replace(": 1,", ": [],"), "field unixReviewTime|timestamp: is not a number"},
          {good.replace(": 1,", ": \"NaN\","), "field unixReviewTime|timestamp: is not a number"},
        }) {
      Path reviews = file("r.json", good, bad[0], review("u", "b", 2), bad[0]);
      DataException error = assertThrows(DataException.class, () -> read(reviews, null, ALL));
      assertTrue(error.getMessage().contains("r.json:2: "), error.getMessage());
      assertTrue(error.getMessage().contains(bad[1]), error.getMessage());
      assertFalse(error.getMessage().contains("\n"), error.getMessage());
      assertEquals(2, read(reviews, null, ALL.withMaxBadLines(2)).summary().lines().malformed());
      DataException many =
          assertThrows(DataException.class, () -> read(reviews, null, ALL.withMaxBadLines(1)));
      assertTrue(many.getMessage().contains("r.json:4: "), many.getMessage());
    }
  }

  @Test
  void namesFilesThatCannotBeRead() throws IOException {
    assertFails(temp.resolve("missing.json"), "missing.json: no such file");
    assertFails(temp, "is a folder");
    String text = "x".repeat(100) + "\n";
    byte[] zipped = gzip((review("u", "a", 1) + "\n").repeat(5000) + text);
    Path cut = Files.write(temp.resolve("cut.json.gz"), Arrays.copyOf(zipped, zipped.length / 2));
    assertFails(cut, "truncated");
    Path stub = Files.write(temp.resolve("stub.json.gz"), Arrays.copyOf(zipped, 5));
    assertFails(stub, "truncated");
    byte[] damaged = zipped.clone();
    Arrays.fill(damaged, 30, 60, (byte) 0xFF);
    assertFails(Files.write(temp.resolve("bad.json.gz"), damaged), "bad.json.gz");
    Path latin = Files.write(temp.resolve("latin.json"), new byte[] {'{', '"', (byte) 0xE9, '"'});
    assertFails(latin, "latin.json:1: not UTF-8");
    assertFails(file("empty.json"), "nothing is left");
    assertFails(file("few.json", review("u", "a", 1)), "lower the minimum");
  }

  private static void assertFails(Path file, String expected) {
    DataException error =
        assertThrows(DataException.class, () -> read(file, null, IngestOptions.defaults("t")));
    assertTrue(error.getMessage().contains(expected), error.getMessage());
    assertFalse(error.getMessage().contains("\n"), error.getMessage());
  }

  @Test
  void readsAllMembersOfAGzipFile() throws IOException {
    byte[] one = gzip(review("u", "a", 1) + "\n" + review("u", "b", 2).substring(0, 20));
    byte[] two = gzip(review("u", "b", 2).substring(20) + "\n");
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    Path file = Files.write(temp.resolve("two.json.gz"), both);
    assertEquals(2, read(file, null, ALL).summary().read().interactions());
    byte[] padded = Arrays.copyOf(both, both.length + 512);
    assertEquals(2, read(Files.write(file, padded), null, ALL).summary().read().interactions());
    for (int length = one.length + 1; length < both.length; length++) {
      assertFails(Files.write(file, Arrays.copyOf(both, length)), "truncated");
    }
    padded[both.length] = 7;
    assertFails(Files.write(file, padded), "damaged (something that is no gzip member");
    both[both.length - 5] ^= 1;
    assertFails(Files.write(file, both), "damaged (a member's CRC-32");
  }

  @Test
  void timesOfNoReviewAreMalformed() throws IOException {
    for (long time : new long[] {0, -1, Long.MIN_VALUE}) {
      Path reviews = file("r.json", review("u", "a", 5), review("u", "b", time));
      DataException error = assertThrows(DataException.class, () -> read(reviews, null, ALL));
      assertTrue(
          error.getMessage().contains("r.json:2: field unixReviewTime|timestamp"),
          error.getMessage());
      assertTrue(error.getMessage().contains("--max-bad-lines"), error.getMessage());
      assertEquals(1, read(reviews, null, ALL.withMaxBadLines(1)).summary().lines().malformed());
    }
  }

  /** What the fast reader takes and what the careful one takes are the same. */
  @Test
  void oddlyWrittenReviewsAreReadToo() throws IOException {
    Path reviews =
        file(
            "r.json",
            "  {\"unixReviewTime\": \"30\", \"reviewerID\": \"\\u0075\", \"asin\": \"c\"}  ",
            "{'reviewerID': 'u', 'asin': 'b', 'unixReviewTime': 20}",
            "{\"user_id\": null, \"reviewerID\": \"u\", \"asin\": \"d\", \"parent_asin\": null,"
                + " \"timestamp\": 4.0e1}",
            "{\"x\": {\"asin\": [1, {}]}, \"reviewerID\": \"u\", \"asin\": 7, \"unixReviewTime\":"
                + " 1}");
    Dataset dataset = read(reviews, null, ALL).dataset();
    assertEquals(List.of("7", "b", "c", "d"), dataset.items().stream().map(Item::id).toList());
    assertEquals(List.of("u"), dataset.users());
  }

  @Test
  void longIdsAndWrongFilesAreNamed() throws IOException {
    assertFails(file("r.json", review("u".repeat(30_000), "a", 1)), "an id of 30000 characters");
    assertFails(file("r.csv", "user,item,time", "u,a,1"), "r.csv:1: not JSON");
    assertFails(file("r.inter", "user_id:token\titem_id:token"), "r.inter:1: not JSON");
    assertFails(
        file("m.json", "{\"asin\": \"a\", \"title\": \"metadata\"}"),
        "m.json:1: field reviewerID|user_id: is missing");
  }

  @Test
  void referencesOfHtmlAreResolved() {
    assertEquals(
        "Crème brûlée & \u201Cfine\u201D \u2013 5\u20AC < 6 \uD83D\uDE00 \u2122",
        ItemTexts.clean(
            "Cr&egrave;me br&#251;l&#xE9;e &amp;amp; &ldquo;fine&rdquo; &ndash;&nbsp;5&euro;"
                + " &lt; 6 &#128512;&nbsp;&trade;"));
    assertEquals(
        "&nothing; &#0; &#xD800; &#9999999; AT&T",
        ItemTexts.clean("&nothing; &#0; &#xD800; &#9999999; AT&T"));
  }
}
