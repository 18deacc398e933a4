package dev.weft.mp4sr.compare;

import dev.weft.mp4sr.compare.ComparisonResult.Row;
import dev.weft.mp4sr.compare.ComparisonResult.SeedResult;
import dev.weft.mp4sr.data.Split;
import dev.weft.mp4sr.eval.EvalException;
import dev.weft.mp4sr.eval.EvalResult;
import dev.weft.mp4sr.eval.Evaluator;
import dev.weft.mp4sr.model.Catalogue;
import dev.weft.mp4sr.model.Recommender;
import dev.weft.mp4sr.train.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Trains and evaluates several models under several seeds on one dataset. */
public final class Comparison {
  private Comparison() {}

  /**
   * Trains every entrant under every seed on the split's training part, choosing its best epoch by
   * the validation cases, and ranks the test cases.
   *
   * @param catalogue the items' features; null where no entrant reads any
   * @param folder run folders are made in {@code seed-N/ENTRANT} below it; null for none
   * @param existing what to do with runs that are there; {@link RunFolder.Existing#RESUME} makes an
   *     interrupted comparison go on
   * @return rows in the order of the entrants
   */
  public static ComparisonResult run(
      Split split,
      Catalogue catalogue,
      ComparisonOptions options,
      List<Entrant> entrants,
      Path folder,
      RunFolder.Existing existing,
      ComparisonListener listener) {
    Map<String, List<SeedResult>> bySeed = new LinkedHashMap<>();
    for (Entrant entrant : entrants) {
      if (bySeed.put(entrant.name(), new ArrayList<>()) != null) {
        throw new EvalException("comparison: two entrants are called " + entrant.name());
      }
    }
    for (long seed : options.seeds()) {
      Path seedFolder = folder == null ? null : folder.resolve("seed-" + seed);
      Fitting.Shared shared =
          Fitting.Shared.of(split, catalogue, options, seed, seedFolder, existing, listener);
      for (Entrant entrant : entrants) {
        bySeed.get(entrant.name()).add(fitAndEvaluate(entrant, shared));
      }
    }
    return new ComparisonResult(
        bySeed.entrySet().stream().map(row -> new Row(row.getKey(), row.getValue())).toList());
  }

  private static SeedResult fitAndEvaluate(Entrant entrant, Fitting.Shared shared) {
    Fitting fitting = new Fitting(shared, entrant.name());
    Recommender recommender = entrant.fit().apply(fitting);
    EvalResult result =
        Evaluator.evaluate(
            recommender,
            shared.split().test(),
            shared.split().trainingCounts(),
            shared.options().evaluation(),
            shared.listener().evaluation(entrant.name(), shared.seed()));
    shared
        .listener()
        .evaluated(entrant.name(), shared.seed(), recommender, result, fitting.trainings());
    return new SeedResult(shared.seed(), result, fitting.trainings());
  }
}
