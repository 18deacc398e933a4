package dev.weft.mp4sr.eval;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.Case;
import dev.weft.mp4sr.eval.EvalResult.Group;
import dev.weft.mp4sr.model.Recommender;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Full ranking: each case's target is ranked against all items but those of its history, cold items
 * included (arXiv 2303.11879, section 4; ties as {@link Ranking#rank} says).
 */
public final class Evaluator {
  private Evaluator() {}

  /** The same without a progress listener. */
  public static EvalResult evaluate(
      Recommender recommender, List<Case> cases, int[] trainingCounts, EvalOptions options) {
    return evaluate(recommender, cases, trainingCounts, options, ProgressListener.NONE);
  }

  /**
   * Ranks every case's target.
   *
   * @param trainingCounts {@code [items + 1]}: how often training saw each item; decides who is
   *     cold
   * @throws EvalException when a history is empty, or a target has no score or count
   */
  public static EvalResult evaluate(
      Recommender recommender,
      List<Case> cases,
      int[] trainingCounts,
      EvalOptions options,
      ProgressListener progress) {
    int[] ranks = new int[cases.size()];
    Scoring.forEach(
        recommender,
        cases.stream().map(Case::history).toList(),
        options,
        progress,
        (i, row) -> ranks[i] = Ranking.rank(row, cases.get(i).target(), cases.get(i).history()));
    return result(recommender.name(), cases, seen(cases, trainingCounts), options, ranks);
  }

  /** How often training saw each case's target. */
  private static int[] seen(List<Case> cases, int[] trainingCounts) {
    return cases.stream()
        .mapToInt(
            asked -> {
              if (asked.target() >= trainingCounts.length) {
                throw new EvalException(
                    "item %d has no training count; counted are items 1 to %d"
                        .formatted(asked.target(), trainingCounts.length - 1));
              }
              return trainingCounts[asked.target()];
            })
        .toArray();
  }

  private static EvalResult result(
      String model, List<Case> cases, int[] seen, EvalOptions options, int[] ranks) {
    return new EvalResult(
        model,
        group("overall", options, ranks, i -> true),
        group("warm", options, ranks, i -> !options.isCold(seen[i])),
        group("cold", options, ranks, i -> options.isCold(seen[i])),
        byPopularity(seen, options, ranks),
        cases.stream().mapToInt(Case::user).toArray(),
        cases.stream().mapToInt(Case::target).toArray(),
        ranks);
  }

  private static List<Group> byPopularity(int[] seen, EvalOptions options, int[] ranks) {
    List<Group> groups = new ArrayList<>();
    List<Integer> bounds = options.popularityBounds();
    for (int bucket = 0; bucket <= bounds.size(); bucket++) {
      int from = bucket == 0 ? 0 : bounds.get(bucket - 1);
      int to = bucket == bounds.size() ? Integer.MAX_VALUE : bounds.get(bucket);
      groups.add(group(name(from, to), options, ranks, i -> seen[i] >= from && seen[i] < to));
    }
    return groups;
  }

  private static String name(int from, int to) {
    if (to == Integer.MAX_VALUE) {
      return from + "+";
    }
    return to == from + 1 ? "" + from : from + "-" + (to - 1);
  }

  private static Group group(String name, EvalOptions options, int[] ranks, IntPredicate member) {
    int[] chosen = IntStream.range(0, ranks.length).filter(member).map(i -> ranks[i]).toArray();
    return new Group(name, chosen.length, MetricAtK.means(MetricAtK.all(options.ks()), chosen));
  }
}
