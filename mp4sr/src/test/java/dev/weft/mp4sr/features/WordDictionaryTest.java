package dev.weft.mp4sr.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordDictionaryTest {
  @TempDir Path temp;

  private static Dataset texts(String... texts) {
    List<Item> items = new ArrayList<>();
    for (String text : texts) {
      items.add(new Item("i" + items.size(), List.of(text, "Everybody sees this"), List.of()));
    }
    return new Dataset("d", items, List.of(), List.of());
  }

  @Test
  void countsItemsNotOccurrences() {
    Dataset dataset =
        texts(
            "A red, red mug! It's really GREAT for the garden",
            "red mug of 3 colours",
            "mug: käse-brot, red",
            "garden käse-brot xx",
            "nothing here",
            "garden red");
    // everybody, this, is in all; sees and nothing are stop words; really is an adverb.
    assertEquals(
        List.of("red", "garden", "mug", "käse-brot"),
        WordDictionary.of(dataset, 2, 0.7, 100).words());
    assertEquals(List.of("red", "garden"), WordDictionary.of(dataset, 2, 0.7, 2).words());
    assertEquals(List.of("käse-brot"), WordDictionary.of(dataset, 2, 0.4, 100).words());
    assertThrows(DataException.class, () -> WordDictionary.of(dataset, 6, 0.5, 100));
  }

  @Test
  void readsAFile() throws IOException {
    Path file = Files.writeString(temp.resolve("w.txt"), "\uFEFFRed\n# no word\n\n blue \nred\n");
    assertEquals(List.of("red", "blue"), WordDictionary.read(file).words());
  }

  @Test
  void namesFilesThatAreNone() throws IOException {
    assertFails(temp.resolve("gone.txt"), "gone.txt: no such file");
    assertFails(Files.writeString(temp.resolve("empty.txt"), "# nothing\n"), "no words");
    assertFails(Files.write(temp.resolve("latin.txt"), new byte[] {(byte) 0xE9}), "not UTF-8");
    assertFails(temp, "cannot be read");
  }

  private static void assertFails(Path file, String expected) {
    DataException error = assertThrows(DataException.class, () -> WordDictionary.read(file));
    assertTrue(error.getMessage().contains(expected), error.getMessage());
  }
}
