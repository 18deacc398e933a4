package dev.weft.mp4sr.eval;

import dev.weft.autograd.NoGrad;
import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.model.Recommender;
import dev.weft.mp4sr.model.Scorer;
import dev.weft.mp4sr.model.SequenceBatch;
import dev.weft.tensor.DType;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.Threads;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Scores histories batch by batch and hands out the rows. */
final class Scoring {
  /** Scores held at a time, 128 MiB in F32: fewer histories where items are many. */
  private static final int MOST_SCORES = 1 << 25;

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
      int size = Math.clamp(MOST_SCORES / Math.max(1, scorer.scores()), 1, options.batchSize());
      for (int from = 0; from < order.length; from += size) {
        int to = Math.min(from + size, order.length);
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
    IntFunction<double[]> rows;
    try (var _ = Scope.open()) {
      Tensor scores = scorer.score(SequenceBatch.of(sequences, maxLength));
      if (scores.rank() != 2 || scores.dim(0) != batch.length) {
        throw new EvalException(
            "scores are " + scores + "; they must be [" + batch.length + ", items + 1]");
      }
      rows = rows(scores);
    }
    IntStream each = IntStream.range(0, batch.length);
    (Threads.count() > 1 ? each.parallel() : each)
        .forEach(i -> task.accept(batch[i], rows.apply(i)));
  }

  /** The rows by number; they outlive the tensor. */
  private static IntFunction<double[]> rows(Tensor scores) {
    int columns = scores.dim(1);
    if (scores.dtype() == DType.F32) {
      float[] values = scores.toFloats(); // widened by whoever ranks the row, not all at once
      return row -> {
        double[] widened = new double[columns];
        for (int i = 0; i < columns; i++) {
          widened[i] = values[row * columns + i];
        }
        return widened;
      };
    }
    double[] values = scores.toDoubles();
    return row -> Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
  }
}
