package dev.weft.mp4sr.data.ingest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecBoleAtomicTest {
  private static final IngestOptions ALL = IngestOptions.defaults("t").withCore(0, 0, false);
  private static final String HEADER =
      "user_id:token\titem_id:token\trating:float\ttimestamp:float\n";

  @TempDir Path temp;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(temp.resolve(name), content);
  }

  private static IngestResult read(Path interactions, Path items, IngestOptions options) {
    return RecBoleAtomic.read(interactions, items, options, ProgressListener.NONE);
  }

  @Test
  void readsTypedColumns() throws IOException {
    Path inter = file("x.inter", HEADER + "u\tb\t5\t1.5e9\r\nu\ta\t4\t1400000000.5\nv\tb\t1\t3\n");
    String header = "brand:token\titem_id:token\tprice:float\ttitle:token_seq\tcats:token_seq";
    String mug = "Acme\tb\t1.5\tA blue mug\tHome Mugs";
    String unknown = "X\tzzz\t1\ty\tz";
    Path item = file("x.item", String.join("\n", header, mug, unknown, "\ta\t1\t\t"));
    IngestResult result = read(inter, item, ALL);
    Dataset dataset = result.dataset();
    assertArrayEquals(new int[] {1, 2}, dataset.sequences().get(0));
    assertEquals("a", dataset.item(1).id());
    assertEquals(List.of(), dataset.item(1).texts());
    assertEquals(List.of("Acme", "A blue mug", "Home Mugs"), dataset.item(2).texts());
    assertEquals(1, result.summary().coverage().itemsWithText());
  }

  @Test
  void headersMustFit() throws IOException {
    assertFails("", "the file is empty");
    assertFails("user_id\titem_id\ttimestamp\n", "column `user_id` has no type");
    assertFails(
        "user_id:token\titem:token\ttimestamp:float\n",
        "no column item_id; there are user_id, item");
    assertFails("user_id:token\titem_id:token\n", "no column timestamp");
  }

  @Test
  void linesMustFit() throws IOException {
    assertFails(HEADER + "u\ta\t5\n", "x.inter:2: 3 columns, the header names 4");
    assertFails(HEADER + "u\ta\t5\tsoon\n", "x.inter:2: column timestamp: `soon` is not a number");
    assertFails(HEADER + "u\ta\t5\tInfinity\n", "column timestamp");
    assertFails(HEADER + " \ta\t5\t1\n", "column user_id: is empty");
    Path inter = file("x.inter", HEADER + "u\ta\t5\n" + "u\ta\t5\t1\n");
    assertEquals(1, read(inter, null, ALL.withMaxBadLines(1)).summary().lines().malformed());
  }

  private void assertFails(String content, String expected) throws IOException {
    Path inter = file("x.inter", content);
    DataException error = assertThrows(DataException.class, () -> read(inter, null, ALL));
    assertTrue(error.getMessage().contains(expected), error.getMessage());
  }
}
