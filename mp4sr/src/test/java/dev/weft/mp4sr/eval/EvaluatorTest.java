package dev.weft.mp4sr.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.mp4sr.data.Case;
import dev.weft.mp4sr.model.Recommender;
import dev.weft.mp4sr.model.Scorer;
import dev.weft.mp4sr.model.SequenceBatch;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  private static final int ITEMS = 40;

  /** Scores depend on the last item and the length shown only: (7 · last + 3 · item) mod 11. */
  private static double score(int last, int item) {
    return (7 * last + 3 * item) % 11;
  }

  private static final class Modular implements Recommender {
    private int opened;
    private int longest;

    @Override
    public String name() {
      return "modular";
    }

    @Override
    public Scorer scorer() {
      opened++;
      return batch -> {
        longest = Math.max(longest, batch.length());
        return scores(batch);
      };
    }

    private static Tensor scores(SequenceBatch batch) {
      int[] items = batch.items().toInts();
      int[] lengths = batch.lengths().toInts();
      float[] scores = new float[batch.size() * (ITEMS + 1)];
      for (int row = 0; row < batch.size(); row++) {
        int last = items[row * batch.length() + lengths[row] - 1];
        scores[row * (ITEMS + 1)] = Float.NEGATIVE_INFINITY;
        for (int item = 1; item <= ITEMS; item++) {
          scores[row * (ITEMS + 1) + item] = (float) score(last, item);
        }
      }
      return Tensor.of(scores, batch.size(), ITEMS + 1);
    }
  }

  private static List<Case> cases(int count) {
    Random random = new Random(5);
    List<Case> cases = new ArrayList<>();
    for (int user = 0; user < count; user++) {
      int[] history = random.ints(1 + random.nextInt(12), 1, ITEMS + 1).toArray();
      cases.add(new Case(user, history, 1 + random.nextInt(ITEMS)));
    }
    return cases;
  }

  private static int[] counts() {
    int[] counts = new int[ITEMS + 1];
    for (int item = 1; item <= ITEMS; item++) {
      counts[item] = item - 1;
    }
    return counts;
  }

  @Test
  void everyFigureAgreesWithASecondComputation() {
    List<Case> cases = cases(137);
    EvalOptions options = EvalOptions.DEFAULTS.withBatchSize(16).withMaxLength(5);
    Modular model = new Modular();
    EvalResult result = Evaluator.evaluate(model, cases, counts(), options);

    assertEquals(1, model.opened);
    assertEquals(5, model.longest);
    for (int i = 0; i < cases.size(); i++) {
      assertEquals(naiveRank(cases.get(i)), result.ranks()[i]);
      assertEquals(cases.get(i).user(), result.users()[i]);
      assertEquals(cases.get(i).target(), result.targets()[i]);
    }
    assertEquals(137, result.warm().cases() + result.cold().cases());
    assertEquals(recall(cases, 10, 0, ITEMS), result.overall().metric("Recall@10"), 1e-15);
    assertEquals(recall(cases, 10, 10, ITEMS), result.warm().metric("Recall@10"), 1e-15);
    assertEquals(recall(cases, 10, 0, 10), result.cold().metric("recall@10"), 1e-15);
    assertEquals(12, result.overall().metrics().size());

    assertEquals(
        List.of("0", "1-4", "5-9", "10-19", "20-49", "50+"),
        result.byPopularity().stream().map(EvalResult.Group::name).toList());
    assertEquals(recall(cases, 5, 1, 5), result.byPopularity().get(1).metric("Recall@5"), 1e-15);
    assertEquals(0, result.byPopularity().getLast().cases());
    assertTrue(Double.isNaN(result.byPopularity().getLast().metric("Recall@5")));
  }

  private static int naiveRank(Case asked) {
    int last = asked.history()[asked.history().length - 1];
    int rank = 1;
    for (int item = 1; item <= ITEMS; item++) {
      int candidate = item;
      boolean had = java.util.Arrays.stream(asked.history()).anyMatch(h -> h == candidate);
      if (!had && item != asked.target() && score(last, item) >= score(last, asked.target())) {
        rank++;
      }
    }
    return rank;
  }

  /** Recall over the cases whose target was seen {@code from} to {@code to - 1} times. */
  private static double recall(List<Case> cases, int k, int from, int to) {
    return cases.stream()
        .filter(asked -> counts()[asked.target()] >= from && counts()[asked.target()] < to)
        .mapToDouble(asked -> naiveRank(asked) <= k ? 1 : 0)
        .average()
        .orElseThrow();
  }

  @Test
  void batchesAndThreadsDoNotMatter() {
    List<Case> cases = cases(61);
    int[] expected = ranks(cases, 1000);
    int threads = Threads.count();
    try {
      for (int count : new int[] {1, 2}) {
        Threads.set(count);
        assertArrayEquals(expected, ranks(cases, 1));
        assertArrayEquals(expected, ranks(cases, 7));
      }
    } finally {
      Threads.set(threads);
    }
  }

  private static int[] ranks(List<Case> cases, int batchSize) {
    EvalOptions options = EvalOptions.DEFAULTS.withBatchSize(batchSize);
    return Evaluator.evaluate(new Modular(), cases, counts(), options).ranks();
  }

  /** Where a history has a third of the scores that may be held, three are scored at a time. */
  @Test
  void manyItemsMeanFewHistoriesAtATime() {
    List<Integer> sizes = new ArrayList<>();
    Recommender wide =
        new Recommender() {
          @Override
          public String name() {
            return "wide";
          }

          @Override
          public Scorer scorer() {
            return new Scorer() {
              @Override
              public Tensor score(SequenceBatch batch) {
                sizes.add(batch.size());
                return Modular.scores(batch);
              }

              @Override
              public int scores() {
                return (1 << 25) / 3;
              }
            };
          }
        };
    List<Case> cases = cases(7);
    int[] ranks = Evaluator.evaluate(wide, cases, counts(), EvalOptions.DEFAULTS).ranks();
    assertEquals(List.of(3, 3, 1), sizes);
    assertArrayEquals(ranks(cases, 256), ranks);
  }

  @Test
  void coldThresholdZeroMeansNeverSeen() {
    List<Case> cases = List.of(new Case(0, new int[] {3}, 1), new Case(1, new int[] {3}, 2));
    EvalOptions options = EvalOptions.DEFAULTS.withColdThreshold(0);
    EvalResult result = Evaluator.evaluate(new Modular(), cases, counts(), options);
    assertEquals(1, result.cold().cases()); // item 1 was seen 0 times, item 2 once
    assertEquals(1, result.warm().cases());
  }

  @Test
  void becomesJson() throws Exception {
    EvalResult result = Evaluator.evaluate(new Modular(), cases(5), counts(), EvalOptions.DEFAULTS);
    JsonNode json = new ObjectMapper().readTree(new ObjectMapper().writeValueAsString(result));
    assertEquals(5, json.at("/overall/cases").intValue());
    assertEquals(
        result.overall().metric("NDCG@20"), json.at("/overall/metrics/NDCG@20").doubleValue());
    assertEquals(5, json.at("/ranks").size());
  }

  @Test
  void badInputIsNamed() {
    List<Case> empty = List.of(new Case(0, new int[0], 1));
    assertThrows(
        EvalException.class,
        () -> Evaluator.evaluate(new Modular(), empty, counts(), EvalOptions.DEFAULTS));
    List<Case> unknown = List.of(new Case(0, new int[] {1}, ITEMS + 1));
    assertThrows(
        EvalException.class,
        () -> Evaluator.evaluate(new Modular(), unknown, counts(), EvalOptions.DEFAULTS));
    assertThrows(EvalException.class, () -> EvalOptions.DEFAULTS.withBatchSize(0));
    assertThrows(EvalException.class, () -> EvalOptions.DEFAULTS.withKs(List.of()));
  }

  @Test
  void recommendsTheBest() {
    List<int[]> histories = List.of(new int[] {1}, new int[] {2, 5});
    List<List<TopItems.Scored>> best =
        TopItems.recommend(new Modular(), histories, 3, 50, TopItems.History.EXCLUDED);
    // Last item 5: (35 + 3 i) mod 11 is 10 for i = 10, 21, 32.
    assertEquals(List.of(10, 21, 32), best.get(1).stream().map(TopItems.Scored::item).toList());
    assertEquals(10, best.get(1).getFirst().score());
    List<int[]> repeated = List.of(new int[] {10, 5});
    assertEquals(
        21,
        TopItems.recommend(new Modular(), repeated, 1, 50, TopItems.History.EXCLUDED)
            .getFirst()
            .getFirst()
            .item());
    assertEquals(
        10,
        TopItems.recommend(new Modular(), repeated, 1, 50, TopItems.History.KEPT)
            .getFirst()
            .getFirst()
            .item());
  }
}
