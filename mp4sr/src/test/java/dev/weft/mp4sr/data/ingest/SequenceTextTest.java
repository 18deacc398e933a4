package dev.weft.mp4sr.data.ingest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    DataException twice = assertThrows(DataException.class, () -> read("1 2\n1 3\n", options));
    assertTrue(twice.getMessage().contains("s.txt:2: user `1` has a line"), twice.getMessage());
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
}
