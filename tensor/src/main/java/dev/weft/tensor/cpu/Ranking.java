package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;

/** The greatest elements of rows. NaN ranks above everything, so that it cannot go unnoticed. */
final class Ranking {
  private static final Workspace<double[]> SCORES = new Workspace<>(DType.F64, 1);
  private static final Workspace<int[]> HEAP = new Workspace<>(DType.I32, 1);

  private Ranking() {}

  static void argMax(Tensor x, Tensor out) {
    int n = x.dim(-1);
    int[] to = Dense.array(out);
    try (Dense dense = Dense.of(x)) {
      RowRange.forEach(
          x,
          row -> {
            double[] scores = scores(dense, row, n);
            int best = 0;
            for (int i = 1; i < n; i++) {
              best = isGreater(scores[i], scores[best]) ? i : best;
            }
            to[out.offset() + row] = best;
          });
    }
  }

  static void topK(Tensor x, Tensor values, Tensor indices) {
    int n = x.dim(-1);
    int k = values.dim(-1);
    HeapStorage best = (HeapStorage) values.storage();
    int[] index = Dense.array(indices);
    try (Dense dense = Dense.of(x)) {
      RowRange.forEach(
          x,
          row -> {
            double[] scores = scores(dense, row, n);
            int[] heap = HEAP.get(0, k);
            select(scores, n, heap, k);
            for (int i = 0; i < k; i++) {
              best.set(values.offset() + row * k + i, scores[heap[i]]);
              index[indices.offset() + row * k + i] = heap[i];
            }
          });
    }
  }

  private static double[] scores(Dense x, int row, int n) {
    double[] scores = SCORES.get(0, n);
    HeapStorage to = HeapStorage.of(DType.F64, scores);
    Runs.copy((HeapStorage) x.tensor().storage(), x.at() + row * n, 1, to, 0, 1, n);
    return scores;
  }

  /**
   * The k best in falling order: a heap with the worst of the best so far on top, which most
   * elements fail to beat; then a heap sort.
   */
  private static void select(double[] scores, int n, int[] heap, int k) {
    if (k == 0) {
      return;
    }
    for (int i = 0; i < k; i++) {
      heap[i] = i;
    }
    for (int i = k / 2 - 1; i >= 0; i--) {
      sink(scores, heap, i, k);
    }
    for (int i = k; i < n; i++) {
      if (ranksBefore(scores, i, heap[0])) {
        heap[0] = i;
        sink(scores, heap, 0, k);
      }
    }
    for (int size = k - 1; size > 0; size--) {
      int worst = heap[0];
      heap[0] = heap[size];
      heap[size] = worst;
      sink(scores, heap, 0, size);
    }
  }

  /** Restores the heap below {@code at}: each entry ranks after its children. */
  private static void sink(double[] scores, int[] heap, int at, int size) {
    int entry = heap[at];
    int hole = at;
    for (int child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && ranksBefore(scores, heap[child], heap[child + 1])) {
        child++;
      }
      if (!ranksBefore(scores, entry, heap[child])) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = entry;
  }

  private static boolean ranksBefore(double[] scores, int i, int j) {
    return isGreater(scores[i], scores[j]) || (!isGreater(scores[j], scores[i]) && i < j);
  }

  private static boolean isGreater(double a, double b) {
    return a > b || (Double.isNaN(a) && !Double.isNaN(b));
  }
}
