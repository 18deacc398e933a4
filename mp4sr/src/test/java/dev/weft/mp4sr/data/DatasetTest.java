package dev.weft.mp4sr.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
  @TempDir Path temp;

  private Dataset sample() {
    String picture = temp.resolve("images/a/1.png").toString();
    List<Item> items =
        List.of(
            new Item("a", List.of("Tasse \"blau\"\n", "ünïcode ✓"), List.of(picture)),
            new Item("b", List.of(), List.of()));
    return new Dataset("small", items, List.of("u", "v"), List.of(new int[] {1, 2, 1}, new int[0]));
  }

  @Test
  void readsWhatItWrote() {
    Path folder = temp.resolve("set");
    sample().write(folder, Map.of("source", "test"));
    Dataset read = Dataset.read(folder);
    assertEquals("small", read.name());
    assertEquals(sample().items(), read.items());
    assertEquals(List.of("u", "v"), read.users());
    assertArrayEquals(new int[] {1, 2, 1}, read.sequences().get(0));
    assertEquals(0, read.sequences().get(1).length);
    assertEquals(Map.of("a", 1, "b", 2), read.itemNumbers());
    assertEquals(Set.of(), read.heldOut());
  }

  @Test
  void imagesBesideTheFolderMoveWithIt() throws IOException {
    sample().write(temp.resolve("set"));
    String bytes = Files.readString(temp.resolve("set/dataset.bin"), StandardCharsets.ISO_8859_1);
    assertTrue(bytes.contains("../images/a/1.png"));
    assertFalse(bytes.contains(temp.toString()));
    Path far = Path.of("/somewhere/else.png").toAbsolutePath();
    Item item = new Item("c", List.of(), List.of(far.toString()));
    new Dataset("far", List.of(item), List.of(), List.of()).write(temp.resolve("far"));
    assertEquals(far.toString(), Dataset.read(temp.resolve("far")).item(1).images().getFirst());
  }

  @Test
  void leavesNoTemporaryFiles() throws IOException {
    sample().write(temp.resolve("set"));
    try (Stream<Path> files = Files.list(temp.resolve("set"))) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      assertEquals(List.of("dataset.bin", "dataset.json"), names);
    }
  }

  @Test
  void refusesItemsThatAreNone() {
    List<Item> items = List.of(new Item("a", List.of(), List.of()));
    for (int item : new int[] {0, -1, 2}) {
      List<int[]> sequences = List.of(new int[] {item});
      DataException error =
          assertThrows(DataException.class, () -> new Dataset("x", items, List.of("u"), sequences));
      assertTrue(error.getMessage().contains("user u has item " + item), error.getMessage());
    }
    assertThrows(
        DataException.class, () -> new Dataset("x", items, List.of("u", "v"), List.of(new int[0])));
  }

  @Test
  void namesFileLineAndFieldOfWhatIsWrong() throws IOException {
    assertError("dataset.json", null, "dataset.json: no such file");
    assertError("dataset.json", "{", "not JSON");
    assertError("dataset.json", "{\"version\": 9}", "version");
    assertError("dataset.json", "[]", "version");
    assertError("dataset.json", "{\"version\": 1}", "reads version 2, not 1: ingest again");
    assertError("dataset.bin", null, "dataset.bin: no such file");
    assertError("dataset.bin", "", "dataset.bin: truncated: 0 bytes");
    assertError("dataset.bin", "x".repeat(9999), "does not begin with WEFTDATA");
  }

  private void assertError(String file, String content, String expected) throws IOException {
    Path folder = temp.resolve("broken");
    sample().write(folder);
    if (content == null) {
      Files.delete(folder.resolve(file));
    } else {
      Files.writeString(folder.resolve(file), content);
    }
    DataException error = assertThrows(DataException.class, () -> Dataset.read(folder));
    assertTrue(error.getMessage().contains(expected), error.getMessage());
    assertFalse(error.getMessage().contains("\n"), error.getMessage());
  }
}
