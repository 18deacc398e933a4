package dev.weft.mp4sr.eval;

import dev.weft.autograd.NoGrad;
import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.model.Recommender;
import dev.weft.mp4sr.model.Scorer;
import dev.weft.mp4sr.model.SequenceBatch;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.Threads;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Scores histories batch by batch and hands out the rows. */
final class Scoring {
  private Scoring() {}

  /** What is done with the scores of one history; called by several threads at once. */
  @FunctionalInterface
  interface RowTask {
    void accept(int history, double[] row);
  }

  /** Histories of like length share a batch, so that little of it is padding. */
  static void forEach(
      Recommender recommender,
      List<int[]> histories,
      EvalOptions options,
      ProgressListener progress,
      RowTask task) {
    int[] order = byLength(histories, options.maxLength());
    progress.start("evaluate " + recommender.name(), order.length);
    try (var _ = NoGrad.open();
        Scorer scorer = recommender.scorer()) {
      for (int from = 0; from < order.length; from += options.batchSize()) {
        int to = Math.min(from + options.batchSize(), order.length);
        int[] batch = Arrays.copyOfRange(order, from, to);
        score(scorer, batch, histories, options.maxLength(), task);
        progress.step(to);
      }
    } finally {
      progress.end();
    }
  }

  private static int[] byLength(List<int[]> histories, int maxLength) {
    for (int i = 0; i < histories.size(); i++) {
      if (histories.get(i).length == 0) {
        throw new EvalException("history " + i + " is empty; give at least one item");
      }
    }
    return IntStream.range(0, histories.size())
        .boxed()
        .sorted(Comparator.comparingInt(i -> Math.min(histories.get(i).length, maxLength)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static void score(
      Scorer scorer, int[] batch, List<int[]> histories, int maxLength, RowTask task) {
    List<int[]> sequences = Arrays.stream(batch).mapToObj(histories::get).toList();
    double[] scores;
    int columns;
    try (var _ = Scope.open()) {
      Tensor matrix = scorer.score(SequenceBatch.of(sequences, maxLength));
      if (matrix.rank() != 2 || matrix.dim(0) != batch.length) {
        throw new EvalException(
            "scores are " + matrix + "; they must be [" + batch.length + ", items + 1]");
      }
      columns = matrix.dim(1);
      scores = matrix.toDoubles();
    }
    IntStream rows = IntStream.range(0, batch.length);
    (Threads.count() > 1 ? rows.parallel() : rows)
        .forEach(
            i -> task.accept(batch[i], Arrays.copyOfRange(scores, i * columns, (i + 1) * columns)));
  }
}
