package dev.weft.mp4sr.data.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CoreFilterTest {
  private static final int ITEMS = 30;

  private static List<int[]> random(Random random) {
    List<int[]> sequences = new ArrayList<>();
    for (int user = 0; user < 60; user++) {
      sequences.add(random.ints(random.nextInt(8), 0, ITEMS).toArray());
    }
    return sequences;
  }

  private static CoreFilter filter(int users, int items, boolean untilStable) {
    return new CoreFilter(IngestOptions.defaults("t").withCore(users, items, untilStable), ITEMS);
  }

  private static void apply(CoreFilter filter, List<int[]> sequences) {
    Histories histories = Histories.of(sequences.toArray(int[][]::new));
    filter.apply(histories);
    for (int user = 0; user < sequences.size(); user++) {
      sequences.set(user, histories.of(user));
    }
  }

  /** The k-core by its definition: take away one offender after the other, in any order. */
  private static List<List<Integer>> peeled(List<int[]> sequences, int users, int items) {
    List<List<Integer>> left = new ArrayList<>();
    sequences.forEach(s -> left.add(new ArrayList<>(Arrays.stream(s).boxed().toList())));
    for (boolean changed = true; changed; ) {
      Map<Integer, Integer> counts = new HashMap<>();
      left.forEach(s -> s.forEach(item -> counts.merge(item, 1, Integer::sum)));
      Set<Integer> rare = new HashSet<>(counts.keySet());
      rare.removeIf(item -> counts.get(item) >= items);
      changed = !rare.isEmpty();
      left.forEach(s -> s.removeAll(rare));
      for (List<Integer> s : left) {
        if (!s.isEmpty() && s.size() < users) {
          s.clear();
          changed = true;
        }
      }
    }
    return left;
  }

  @Test
  void untilStableIsTheCore() {
    int left = 0;
    int rounds = 0;
    for (int seed = 0; seed < 50; seed++) {
      List<int[]> sequences = random(new Random(seed));
      List<List<Integer>> expected = peeled(sequences, 4, 5);
      int before = sequences.stream().mapToInt(s -> s.length).sum();
      CoreFilter filter = filter(4, 5, true);
      apply(filter, sequences);
      int after = sequences.stream().mapToInt(s -> s.length).sum();
      left += after > 0 && after < before ? 1 : 0;
      rounds = Math.max(rounds, filter.rounds());
      for (int user = 0; user < sequences.size(); user++) {
        assertEquals(expected.get(user), Arrays.stream(sequences.get(user)).boxed().toList());
      }
    }
    // Else the filter would have had nothing to do, or nothing would have been left.
    assertTrue(left > 10 && rounds > 3, left + " cores, " + rounds + " rounds");
  }

  @Test
  void onePassIsItemsThenUsers() {
    List<int[]> sequences =
        new ArrayList<>(List.of(new int[] {1, 2, 3}, new int[] {1, 2}, new int[] {1}));
    CoreFilter filter = filter(2, 2, false);
    apply(filter, sequences);
    assertEquals(List.of(1, 2), Arrays.stream(sequences.get(0)).boxed().toList());
    assertEquals(List.of(1, 2), Arrays.stream(sequences.get(1)).boxed().toList());
    assertEquals(0, sequences.get(2).length);
    assertEquals(1, filter.rounds());
  }

  @Test
  void stopsAtOnceWhereNothingIsAskedFor() {
    List<int[]> sequences = random(new Random(1));
    CoreFilter filter = filter(0, 0, true);
    apply(filter, sequences);
    assertEquals(1, filter.rounds());
    assertTrue(sequences.stream().anyMatch(s -> s.length == 1));
  }
}
