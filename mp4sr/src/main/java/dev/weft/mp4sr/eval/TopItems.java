package dev.weft.mp4sr.eval;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.model.Recommender;
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

  /**
   * Where an item stands that was asked about.
   *
   * @param item its number
   * @param score the model's
   * @param rank from 1, among all items that may be recommended; items of its own score stand
   *     before it
   */
  public record Placed(int item, double score, int rank) {}

  /**
   * An answer to one history.
   *
   * @param best the items with the highest scores, best first
   * @param asked the items that were asked about, in the order in which they were
   */
  public record Answer(List<Scored> best, List<Placed> asked) {}

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
    return answers(recommender, histories, k, maxLength, history, NOTHING).stream()
        .map(Answer::best)
        .toList();
  }

  /**
   * The best items for each history, and where some items stand that are asked about.
   *
   * @param asked item numbers; one that is in a history is ranked all the same
   * @return for each history, in order; otherwise as {@link #recommend}
   */
  public static List<Answer> answers(
      Recommender recommender,
      List<int[]> histories,
      int k,
      int maxLength,
      History history,
      int[] asked) {
    if (k < 1) {
      throw new EvalException("recommend: " + k + " items asked for; ask for 1 or more");
    }
    Answer[] answers = new Answer[histories.size()];
    Scoring.forEach(
        recommender,
        histories,
        EvalOptions.DEFAULTS.withMaxLength(maxLength),
        ProgressListener.NONE,
        (i, row) -> {
          int[] excluded = history == History.KEPT ? NOTHING : histories.get(i);
          answers[i] = new Answer(best(row, k, excluded), placed(row, asked, excluded));
        });
    return List.of(answers);
  }

  private static List<Scored> best(double[] row, int k, int[] excluded) {
    return Arrays.stream(Ranking.top(row, k, excluded))
        .mapToObj(item -> new Scored(item, row[item]))
        .toList();
  }

  private static List<Placed> placed(double[] row, int[] asked, int[] excluded) {
    return Arrays.stream(asked)
        .mapToObj(item -> new Placed(item, row[item], Ranking.rank(row, item, excluded)))
        .toList();
  }
}
