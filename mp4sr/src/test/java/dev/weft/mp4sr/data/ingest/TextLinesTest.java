package dev.weft.mp4sr.data.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.mp4sr.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextLinesTest {
  @TempDir Path temp;

  private List<String> lines(String content) throws IOException {
    Path file = Files.writeString(temp.resolve("lines.txt"), content);
    List<String> lines = new ArrayList<>();
    try (TextLines reader = TextLines.open(file, ProgressListener.NONE)) {
      for (String line = reader.next(); line != null; line = reader.next()) {
        lines.add(reader.number() + line);
      }
    }
    return lines;
  }

  @Test
  void everyKindOfLineEndCounts() throws IOException {
    for (String end : List.of("\n", "\r\n", "\r")) {
      assertEquals(List.of("1a", "2", "3b c"), lines("a" + end + end + "b c" + end));
      assertEquals(List.of("1a", "2b"), lines("a" + end + "b"));
    }
    assertEquals(List.of("1a", "2b", "3c", "4", "5d"), lines("a\rb\nc\r\n\rd"));
    assertEquals(List.of(), lines(""));
    assertEquals(List.of("1"), lines("\r\n"));
  }

  /** The buffer holds 65,536 bytes: ends before, across and behind its end. */
  @Test
  void endsMayLieAtTheEdgeOfTheBuffer() throws IOException {
    for (int length = (1 << 16) - 3; length <= (1 << 16) + 1; length++) {
      String first = "x".repeat(length);
      for (String end : List.of("\n", "\r\n", "\r")) {
        assertEquals(List.of("1" + first, "2b", "3"), lines(first + end + "b" + end + end));
      }
    }
  }
}
