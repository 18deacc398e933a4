package dev.weft.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextBatchesTest {
  private static Encoding encoding(int length, int first) {
    int[] ids = new int[length];
    ids[0] = first;
    return new Encoding(ids);
  }

  @Test
  void everyTextIsFoundAgain() {
    Random random = new Random(1);
    List<Encoding> texts = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      texts.add(encoding(1 + random.nextInt(40), random.nextInt(50)));
    }
    TextBatches batches = TextBatches.of(texts);
    List<Encoding> rows = batches.batches().stream().flatMap(List::stream).toList();
    assertEquals(new HashSet<>(texts).size(), rows.size(), "each distinct one once");
    assertEquals(rows.size(), batches.rows());
    int[] positions = batches.positions().toInts();
    for (int i = 0; i < texts.size(); i++) {
      assertEquals(texts.get(i), rows.get(positions[i]));
    }
  }

  @Test
  void batchesHoldTheirTokensAndAreFull() {
    List<Encoding> texts = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      texts.add(encoding(1 + i % 37, i));
    }
    List<List<Encoding>> batches = TextBatches.of(texts).batches();
    for (int i = 0; i < batches.size(); i++) {
      List<Encoding> batch = batches.get(i);
      int padded = batch.size() * batch.getLast().length();
      assertTrue(padded <= TextBatches.TOKENS, "batch of " + padded);
      if (i + 1 < batches.size()) {
        Encoding next = batches.get(i + 1).getFirst();
        assertTrue((batch.size() + 1) * next.length() > TextBatches.TOKENS, "could hold more");
        assertTrue(batch.getLast().length() <= next.length(), "short ones first");
      }
    }
  }

  @Test
  void aTextLongerThanABatchStandsAlone() {
    List<Encoding> texts =
        List.of(encoding(TextBatches.TOKENS + 5, 1), encoding(3, 2), encoding(9000, 3));
    TextBatches batches = TextBatches.of(texts);
    assertEquals(3, batches.batches().size());
    assertArrayEquals(new int[] {1, 0, 2}, batches.positions().toInts());
  }

  @Test
  void noTextsNoBatches() {
    assertEquals(List.of(), TextBatches.of(List.of()).batches());
  }
}
