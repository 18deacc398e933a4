package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import dev.weft.tensor.Philox;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Tensor;

/**
 * Random numbers in bulk: each task draws its own blocks of the stream.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class RandomKernels<A> {
  /** Numbers drawn at a time, which then stay in the L1 cache. */
  private static final int RUN = 4 * PhiloxLoops.BLOCK;

  private final ElementLoops<A> elements;
  private final PhiloxLoops philox;
  private final Workspace<int[]> workspace = new Workspace<>(DType.I32, 1);
  private final Workspace<float[]> uniform = new Workspace<>(DType.F32, 1);

  RandomKernels(Loops<A> loops) {
    this.elements = loops.elements();
    this.philox = loops.philox();
  }

  void uniform(RandomKey key, Tensor out) {
    HeapStorage to = (HeapStorage) out.storage();
    forRuns(
        key,
        out.numel(),
        (from, n, words) -> {
          float[] numbers = uniform.get(0, RUN);
          for (int i = 0; i < n; i++) {
            numbers[i] = Philox.toUniform(words[i]);
          }
          HeapStorage source = HeapStorage.of(DType.F32, numbers);
          Runs.copy(source, 0, 1, to, out.offset() + from, 1, n);
        });
  }

  void normal(RandomKey key, Tensor out) {
    HeapStorage to = (HeapStorage) out.storage();
    Threads.forRange(
        out.numel(),
        Walk.GRAIN,
        (from, end) -> RandomFill.normal(key, (i, z) -> to.set(out.offset() + i, z), from, end));
  }

  void dropout(Tensor x, double probability, RandomKey key, Tensor out) {
    A to = Dense.array(out);
    try (Dense dense = Dense.of(x)) {
      A source = dense.array();
      forRuns(
          key,
          out.numel(),
          (from, n, words) -> {
            int at = dense.at() + from;
            elements.dropout(source, at, words, probability, to, out.offset() + from, n);
          });
    }
  }

  /** Takes the words of one run of a stream. */
  @FunctionalInterface
  private interface Body {
    void run(int from, int n, int[] words);
  }

  private void forRuns(RandomKey key, int size, Body body) {
    Threads.forRange(
        size,
        Walk.GRAIN,
        (from, end) -> {
          int[] words = workspace.get(0, RUN);
          for (int at = from; at < end; at += RUN) {
            int n = Math.min(RUN, end - at);
            philox.fill(key, at, n, words);
            body.run(at, n, words);
          }
        });
  }
}
