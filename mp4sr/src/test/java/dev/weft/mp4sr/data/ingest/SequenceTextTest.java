package dev.weft.mp4sr.data.ingest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequenceTextTest {
  @TempDir Path temp;

  private IngestResult read(String content, IngestOptions options) throws IOException {
    Path file = Files.writeString(temp.resolve("s.txt"), content);
    return SequenceText.read(file, options, ProgressListener.NONE);
  }

  @Test
  void aLineIsAUser() throws IOException {
    IngestOptions options = IngestOptions.defaults("t").withCore(3, 0, false);
    IngestResult result = read("7 30 10  20 30\n8 10 20\n\n9 20\t10 40\r\n", options);
    Dataset dataset = result.dataset();
    assertEquals(List.of("7", "9"), dataset.users());
    assertArrayEquals(new int[] {1, 2, 3, 1}, dataset.sequences().get(0));
    assertArrayEquals(new int[] {3, 2, 4}, dataset.sequences().get(1));
    assertEquals(1, result.summary().cleaning().repeats());
    assertEquals(0, result.summary().cleaning().ties());
    assertEquals(new IngestSummary.Sizes(3, 4, 9), result.summary().read());
  }

  @Test
  void namesBadLines() {
    IngestOptions options = IngestOptions.defaults("t").withCore(0, 0, false);
    DataException empty = assertThrows(DataException.class, () -> read("1 2\n3\n", options));
    assertTrue(empty.getMessage().contains("s.txt:2: user `3` has no items"), empty.getMessage());
    DataException twice = assertThrows(DataException.class, () -> read("1 2 3\n1 3\n", options));
    assertTrue(twice.getMessage().contains("s.txt:2: user `1` has a line"), twice.getMessage());
  }

  @Test
  void attributesBecomeASentence() throws IOException {
    IngestOptions options = IngestOptions.defaults("t").withCore(0, 0, false);
    Path sequences = Files.writeString(temp.resolve("s.txt"), "1 7 8 9\n");
    Path attributes =
        Files.writeString(temp.resolve("a.json"), "{\"8\": [17, \"red\"], \"3\": [1],\n\"9\": []}");
    IngestResult result = SequenceText.read(sequences, attributes, options, ProgressListener.NONE);
    assertEquals(List.of(), result.dataset().item(1).texts());
    assertEquals(List.of("attr_17 red"), result.dataset().item(2).texts());
    assertEquals(List.of(), result.dataset().item(3).texts());
    assertEquals(1, result.summary().coverage().withoutMetadata());
    for (String[] bad :
        new String[][] {
          {"[1]", "a.json:1: one object"},
          {"", "a.json:1: one object"},
          {"{\"8\": [1],\n\"9\": 3}", "a.json:2: item `9`: a list"},
          {"{\"8\": [1.5]}", "item `8`: an attribute is"},
          {"{\"8\": [1}", "a.json:1: not JSON"},
          {"{\"8\": [1]", "a.json:1: not JSON"},
          {"{\"8\": [1]} {}", "something follows"},
        }) {
      Files.writeString(attributes, bad[0]);
      DataException error =
          assertThrows(
              DataException.class,
              () -> SequenceText.read(sequences, attributes, options, ProgressListener.NONE));
      assertTrue(error.getMessage().contains(bad[1]), error.getMessage());
    }
  }

  @Test
  void heldOutItemsAreDrawnFromTheSeed() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int user = 0; user < 40; user++) {
      lines.append(user);
      for (int i = 0; i < 6; i++) {
        lines.append(' ').append((user * 7 + i * 3) % 50);
      }
      lines.append('\n');
    }
    IngestOptions options = IngestOptions.defaults("t").withHeldOut(new HeldOut(0.2, 3));
    Dataset dataset = read(lines.toString(), options).dataset();
    assertEquals(Math.round(0.2 * dataset.items().size()), dataset.heldOut().size());
    assertEquals(dataset.heldOut(), read(lines.toString(), options).dataset().heldOut());
    Split split = Split.leaveOneOut(dataset);
    for (int item : dataset.heldOut()) {
      assertEquals(0, split.trainingCounts()[item]);
      assertTrue(split.validation().stream().noneMatch(c -> c.target() == item));
      assertTrue(
          split.test().stream()
              .noneMatch(c -> Arrays.stream(c.history()).anyMatch(i -> i == item)));
    }
    assertTrue(split.test().stream().anyMatch(c -> dataset.heldOut().contains(c.target())));
    assertTrue(split.test().size() > split.validation().size());
    assertThrows(IllegalArgumentException.class, () -> new HeldOut(1, 0));
  }

  @Test
  void readsAmazonBeauty() {
    Path beauty =
        Stream.of("../../shared", "../../../shared")
            .map(shared -> Path.of(shared, "fixtures/data/Beauty.txt"))
            .filter(Files::exists)
            .findFirst()
            .orElse(null);
    assumeTrue(beauty != null, "shared/fixtures/data/Beauty.txt is not here");
    IngestOptions options = IngestOptions.defaults("Beauty").withCore(5, 5, true);
    IngestResult result = SequenceText.read(beauty, options, ProgressListener.NONE);
    assertEquals(new IngestSummary.Sizes(22363, 12101, 198502), result.summary().kept());
    assertEquals(result.summary().read(), result.summary().kept());
    assertEquals(5, result.summary().lengths().shortest());
  }

  /** SASRec's own files: an interaction a line. */
  @Test
  void pairsAreSequencesToo() throws IOException {
    IngestOptions options = IngestOptions.defaults("s").withCore(1, 0, false);
    Dataset dataset = read("7 30\n7 10\n8 10\n7 20\n", options).dataset();
    assertEquals(List.of("7", "8"), dataset.users());
    assertEquals(
        List.of("30", "10", "20"),
        Arrays.stream(dataset.sequences().getFirst())
            .mapToObj(item -> dataset.item(item).id())
            .toList());
    assertThrows(DataException.class, () -> read("7 30\n7 10\n8 10 20\n", options));
    assertThrows(DataException.class, () -> read("7 30\n8 10 20\n7 10\n", options));
  }

  private static List<String> history(Dataset dataset, String user) {
    int[] numbers = dataset.sequences().get(dataset.users().indexOf(user));
    return Arrays.stream(numbers).mapToObj(number -> dataset.item(number).id()).toList();
  }

  /**
   * What other people's files of this form look like: the same sequences come out of all of them.
   */
  @Test
  void formsOfTheSameSequences() throws IOException {
    IngestOptions options = IngestOptions.defaults("t").withCore(1, 0, false);
    List<String> forms =
        List.of(
            "9 70 5 70\n2 5\n40 8 5 6\n",
            "9\t70\t5\t70\n2\t5\n40\t8\t5\t6\n",
            "9  70 5 70  \n2 5 \n\n \t\n40 8 5 6",
            "  9 70 5 70\r\n2 5\r\n40 8 5 6\r\n\r\n",
            "9 70 5 70\r2 5\r40 8 5 6\r",
            "\uFEFF9 70 5 70\n2 5\n40 8 5 6\n");
    for (String form : forms) {
      IngestResult result = read(form, options);
      Dataset dataset = result.dataset();
      assertEquals(List.of("9", "2", "40"), dataset.users(), form);
      assertEquals(List.of("70", "5", "70"), history(dataset, "9"), form);
      assertEquals(List.of("5"), history(dataset, "2"), form);
      assertEquals(List.of("8", "5", "6"), history(dataset, "40"), form);
      assertEquals(1, result.summary().cleaning().repeats(), form);
    }
  }

  @Test
  void idsAreWhatStandsThere() throws IOException {
    IngestOptions options = IngestOptions.defaults("t").withCore(1, 0, false);
    String item = "9".repeat(40);
    Dataset dataset =
        read("18446744073709551616 0 007 " + item + " 7\nB00AB1 -3 7\n", options).dataset();
    assertEquals(List.of("18446744073709551616", "B00AB1"), dataset.users());
    assertEquals(List.of("0", "007", item, "7"), history(dataset, "18446744073709551616"));
    assertEquals(List.of("-3", "7"), history(dataset, "B00AB1"));
  }

  @Test
  void usersWithFewAreCountedAndWhoIsLeftIsNamed() throws IOException {
    IngestResult result = read("1 1 2 3 4 5\n2 7\n3 1 2\n", IngestOptions.defaults("t"));
    assertEquals(new IngestSummary.Sizes(3, 6, 8), result.summary().read());
    assertEquals(new IngestSummary.Sizes(1, 5, 5), result.summary().kept());
    for (String none : List.of("", "\n \n", "1 2 3\n")) {
      DataException error =
          assertThrows(DataException.class, () -> read(none, IngestOptions.defaults("t")));
      assertTrue(
          error.getMessage().contains("s.txt: nothing is left of")
              && !error.getMessage().contains("\n"),
          error.getMessage());
    }
    IngestOptions lenient = IngestOptions.defaults("t").withCore(1, 0, false).withMaxBadLines(1);
    assertEquals(1, read("1 2 3\n4\n5 6 7\n", lenient).summary().lines().malformed());
    DataException second = assertThrows(DataException.class, () -> read("1 2\n4\n5\n", lenient));
    assertTrue(second.getMessage().contains("s.txt:3: user `5` has no items"), second.getMessage());
  }
}
