package dev.weft.nn.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PairLearnerTest {

  /** The example of Sennrich et al., section 3.2. */
  @Test
  void learnsTheExampleOfThePaper() {
    PairLearner learner = new PairLearner(String::concat);
    learner.add(List.of("l", "o", "w", "·"), 5);
    learner.add(List.of("l", "o", "w", "e", "r", "·"), 2);
    learner.add(List.of("n", "e", "w", "e", "s", "t", "·"), 6);
    learner.add(List.of("w", "i", "d", "e", "s", "t", "·"), 3);
    List<String> results = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      results.add(learner.next(1).result());
    }
    assertEquals(List.of("es", "est", "est·", "lo", "low"), results);
  }

  /** Against a learner that counts everything anew for each merge. */
  @Test
  void equalsCountingAnew() {
    Random random = new Random(17);
    for (int round = 0; round < 40; round++) {
      Map<String, Long> words = new TreeMap<>();
      for (int i = 0; i < 30; i++) {
        StringBuilder word = new StringBuilder();
        for (int n = 1 + random.nextInt(8); n > 0; n--) {
          word.append((char) ('a' + random.nextInt(3)));
        }
        words.put(word.toString(), 1L + random.nextInt(9));
      }
      PairLearner learner = new PairLearner(String::concat);
      List<List<String>> split = new ArrayList<>();
      words.forEach((word, count) -> learner.add(List.of(word.split("")), count));
      words.keySet().forEach(word -> split.add(new ArrayList<>(List.of(word.split("")))));
      List<Long> counts = List.copyOf(words.values());
      while (true) {
        PairLearner.Merge expected = next(split, counts, 3);
        assertEquals(expected, learner.next(3));
        if (expected == null) {
          break;
        }
      }
    }
  }

  private static PairLearner.Merge next(List<List<String>> words, List<Long> counts, long min) {
    Map<List<String>, Long> pairs = new java.util.HashMap<>();
    for (int w = 0; w < words.size(); w++) {
      List<String> word = words.get(w);
      for (int i = 0; i + 1 < word.size(); i++) {
        pairs.merge(List.of(word.get(i), word.get(i + 1)), counts.get(w), Long::sum);
      }
    }
    List<String> best = null;
    for (var entry : pairs.entrySet()) {
      if (best == null || isBetter(entry.getKey(), entry.getValue(), best, pairs.get(best))) {
        best = entry.getKey();
      }
    }
    if (best == null || pairs.get(best) < min) {
      return null;
    }
    String result = best.getFirst() + best.getLast();
    for (List<String> word : words) {
      for (int i = 0; i + 1 < word.size(); i++) {
        if (word.subList(i, i + 2).equals(best)) {
          word.remove(i + 1);
          word.set(i, result);
        }
      }
    }
    return new PairLearner.Merge(best.getFirst(), best.getLast(), result);
  }

  private static boolean isBetter(List<String> pair, long count, List<String> best, long most) {
    if (count != most) {
      return count > most;
    }
    int byLeft = pair.getFirst().compareTo(best.getFirst());
    return byLeft != 0 ? byLeft < 0 : pair.getLast().compareTo(best.getLast()) < 0;
  }

  @Test
  void endsWhereNothingIsFrequentEnough() {
    PairLearner learner = new PairLearner(String::concat);
    learner.add(List.of("a", "b"), 2);
    assertNull(learner.next(3));
    assertNull(new PairLearner(String::concat).next(1));
  }
}
