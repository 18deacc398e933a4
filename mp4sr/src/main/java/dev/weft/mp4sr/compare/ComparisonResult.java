package dev.weft.mp4sr.compare;

import dev.weft.mp4sr.eval.Aggregate;
import dev.weft.mp4sr.eval.EvalException;
import dev.weft.mp4sr.eval.EvalResult;
import dev.weft.mp4sr.eval.PairedTest;
import dev.weft.mp4sr.train.TrainResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a comparison found.
 *
 * @param rows a model each
 */
public record ComparisonResult(List<Row> rows) {
  /** Copies the list. */
  public ComparisonResult {
    rows = List.copyOf(rows);
  }

  /**
   * One model under one seed.
   *
   * @param seed of its trainings
   * @param evaluation of the test cases
   * @param trainings in order; empty for a model that needs none
   */
  public record SeedResult(long seed, EvalResult evaluation, List<TrainResult> trainings) {}

  /**
   * One model.
   *
   * @param name of the entrant
   * @param seeds its results, one for each seed
   */
  public record Row(String name, List<SeedResult> seeds) {
    /** Copies the list. */
    public Row {
      seeds = List.copyOf(seeds);
    }

    /**
     * Mean and standard deviation over the seeds of every metric of a group of cases, such as
     * {@code EvalResult::cold}; empty if the group is.
     */
    public Map<String, Aggregate> metrics(Function<EvalResult, EvalResult.Group> group) {
      return Aggregate.of(seeds.stream().map(SeedResult::evaluation).toList(), group);
    }

    /** One metric over all cases, such as {@code NDCG@10}. */
    public Aggregate overall(String metric) {
      return Aggregate.of(
          seeds.stream().mapToDouble(s -> s.evaluation().overall().metric(metric)).toArray());
    }

    /** What {@code --json} shows of a model: name, seeds, metrics over all, warm and cold cases. */
    public Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("model", name);
      map.put("seeds", seeds.stream().map(SeedResult::seed).toList());
      map.put("overall", metrics(EvalResult::overall));
      map.put("warm", metrics(EvalResult::warm));
      map.put("cold", metrics(EvalResult::cold));
      return map;
    }

    /** What each case earns by a metric, the mean over the seeds. */
    double[] perCase(String metric) {
      double[] mean = new double[seeds.getFirst().evaluation().ranks().length];
      for (SeedResult seed : seeds) {
        double[] earned = seed.evaluation().perCase(metric);
        for (int i = 0; i < mean.length; i++) {
          mean[i] += earned[i] / seeds.size();
        }
      }
      return mean;
    }
  }

  /** A model by its name. */
  public Row row(String name) {
    return rows.stream()
        .filter(row -> row.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new EvalException(
                    "comparison: no model is called "
                        + name
                        + "; there are "
                        + rows.stream().map(Row::name).toList()));
  }

  /** Whether two models differ in a metric, case by case, each case's mean over the seeds. */
  public PairedTest paired(String first, String second, String metric) {
    return PairedTest.of(metric, row(first).perCase(metric), row(second).perCase(metric));
  }
}
