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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvInteractionsTest {
  private static final IngestOptions ALL = IngestOptions.defaults("t").withCore(0, 0, false);
  private static final CsvColumns COLUMNS = new CsvColumns("who", "what", "when", ',');

  @TempDir Path temp;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(temp.resolve(name), content);
  }

  private static IngestResult read(Path file, CsvColumns columns, IngestOptions options) {
    return CsvInteractions.read(file, columns, options, ProgressListener.NONE);
  }

  @Test
  void readsNumbersAndDates() throws IOException {
    Path file =
        file(
            "x.csv",
            "\uFEFFwho,when,what\nu,2018-09-30,c\n\"u\",2018-09-29T23:30:00+01:00,b\n"
                + "u,\"1537000000\",\"a,\"\"1\"\"\"\nu,2018-09-29 22:31:00,d\n");
    Dataset dataset = read(file, COLUMNS, ALL).dataset();
    List<String> ids = dataset.items().stream().map(Item::id).toList();
    assertEquals(List.of("a,\"1\"", "b", "d", "c"), ids);
    assertArrayEquals(new int[] {1, 2, 3, 4}, dataset.sequences().getFirst());
  }

  @Test
  void withoutATimeTheFileIsTheOrder() throws IOException {
    Path file = file("x.csv", "u;i\n1;b\n1;a\n1;b\n");
    IngestResult result = read(file, new CsvColumns("u", "i", null, ';'), ALL);
    assertArrayEquals(new int[] {1, 2, 1}, result.dataset().sequences().getFirst());
    assertEquals(0, result.summary().cleaning().duplicates());
  }

  @Test
  void readsItems() throws IOException {
    Path file = file("x.csv", "who,what,when\nu,a,1\nu,b,2\n");
    Path items =
        file("items.csv", "id,title,text,pic\na,\"A\nmug\",nice,pics/a.png\nb,,x,\nc,C,c,c\n");
    CsvItemColumns columns =
        new CsvItemColumns("id", List.of("title", "text"), List.of("pic"), ',');
    IngestResult result =
        CsvInteractions.read(file, COLUMNS, items, columns, ALL, ProgressListener.NONE);
    assertEquals(List.of("A mug", "nice"), result.dataset().item(1).texts());
    String picture = temp.toAbsolutePath().resolve("pics/a.png").toString();
    assertEquals(List.of(picture), result.dataset().item(1).images());
    assertEquals(List.of("x"), result.dataset().item(2).texts());
    assertEquals(List.of(), result.dataset().item(2).images());
  }

  @Test
  void namesWhatIsWrong() throws IOException {
    assertFails("who,what\nu,a\n", "x.csv:1: header: no column when; there are who, what");
    assertFails("who,what,who\n", "x.csv:1: header");
    assertFails("", "no column who");
    assertFails("who,what,when\nu,a\n", "x.csv:2: 2 columns, the header names 3");
    assertFails("who,what,when\nu,a,1\nu,,2\n", "x.csv:3: column what: is empty");
    assertFails("who,what,when\nu,a,yesterday\n", "column when: `yesterday` is neither");
    assertFails("who,what,when\nu,a,2018-13-01\n", "column when");
    assertFails("who,what,when\nu,a,\"so\n" + "on".repeat(99) + "\"\n", "`so ononon");
    assertFails("who,what,when\nu,\"a\"b,1\n", "not CSV");
    assertFails("who,what,when\nu,\"a,1\n", "not CSV");
    Path bytes = temp.resolve("x.csv");
    Files.write(bytes, new byte[] {'w', 'h', 'o', ',', (byte) 0xE9, '\n'});
    DataException error = assertThrows(DataException.class, () -> read(bytes, COLUMNS, ALL));
    assertTrue(error.getMessage().contains("not UTF-8"), error.getMessage());
    DataException missing =
        assertThrows(DataException.class, () -> read(temp.resolve("no.csv"), COLUMNS, ALL));
    assertTrue(missing.getMessage().contains("no.csv: no such file"), missing.getMessage());
  }

  private void assertFails(String content, String expected) throws IOException {
    Path file = file("x.csv", content);
    DataException error = assertThrows(DataException.class, () -> read(file, COLUMNS, ALL));
    assertTrue(error.getMessage().contains(expected), error.getMessage());
    assertFalse(error.getMessage().contains("\n"), error.getMessage());
  }

  /** A file of any size would else be read into memory to its end. */
  @Test
  void aQuoteThatIsNeverClosedEndsEarly() throws IOException {
    Path file = temp.resolve("long.csv.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("who,what,when\nu,a,1\nu,\"b,2\n".getBytes(StandardCharsets.UTF_8));
      byte[] lines = "u,c,3\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 300; i++) {
        out.write(lines);
      }
    }
    DataException error = assertThrows(DataException.class, () -> read(file, COLUMNS, ALL));
    assertTrue(error.getMessage().contains("is a quote not closed?"), error.getMessage());
    assertTrue(error.getMessage().contains("long.csv.gz:"), error.getMessage());
  }
}
