package dev.weft.mp4sr.train;

import dev.weft.mp4sr.data.Case;
import dev.weft.mp4sr.eval.EvalOptions;
import dev.weft.mp4sr.eval.Evaluator;
import dev.weft.mp4sr.model.Recommender;
import java.util.List;
import java.util.Map;

/** Measures the parameters as they are now. */
@FunctionalInterface
public interface Validator {
  /** Figures by name, such as {@code Recall@20}. */
  Map<String, Double> validate();

  /** The metrics of a full ranking of the cases; see {@link Evaluator}. */
  static Validator ranking(Recommender recommender, List<Case> cases, EvalOptions options) {
    int highest = cases.stream().mapToInt(Case::target).max().orElse(0);
    int[] notCounted = new int[highest + 1]; // warm and cold are not told apart here
    return () -> Evaluator.evaluate(recommender, cases, notCounted, options).overall().metrics();
  }
}
