package dev.weft.mp4sr.eval;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.model.Recommender;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What to recommend: the items with the highest scores. */
public final class TopItems {
  private static final int[] NOTHING = {};

  private TopItems() {}

  /**
   * One recommended item.
   *
   * @param item its number
   * @param score the model's
   */
  public record Scored(int item, double score) {}

  /** Whether items that the user had already may be recommended again. */
  public enum History {
    EXCLUDED,
    KEPT
  }

  /**
   * The best items for each history, best first.
   *
   * @param histories item numbers in order of time, none empty
   * @param k how many; fewer come back where fewer are left
   * @param maxLength last items of a history that the model is shown
   * @return for each history, in order
   */
  public static List<List<Scored>> recommend(
      Recommender recommender, List<int[]> histories, int k, int maxLength, History history) {
    if (k < 1) {
      throw new EvalException("recommend: " + k + " items asked for; ask for 1 or more");
    }
    List<List<Scored>> best = new ArrayList<>();
    histories.forEach(none -> best.add(List.of()));
    Scoring.forEach(
        recommender,
        histories,
        EvalOptions.DEFAULTS.withMaxLength(maxLength),
        ProgressListener.NONE,
        (i, row) -> {
          int[] excluded = history == History.KEPT ? NOTHING : histories.get(i);
          best.set(
              i,
              Arrays.stream(Ranking.top(row, k, excluded))
                  .mapToObj(item -> new Scored(item, row[item]))
                  .toList());
        });
    return best;
  }
}
