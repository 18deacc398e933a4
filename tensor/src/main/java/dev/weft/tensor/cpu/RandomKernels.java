package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Tensor;

/**
 * Random numbers in bulk: each task draws its own blocks of the stream.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class RandomKernels<A> {
  /** Numbers drawn at a time, which then stay in the L1 cache. */
  private static final int RUN = 4 * UniformLoops.BLOCK;

  private final ElementLoops<A> elements;
  private final UniformLoops uniform;
  private final Workspace<float[]> workspace = new Workspace<>(DType.F32, 1);

  RandomKernels(Loops<A> loops) {
    this.elements = loops.elements();
    this.uniform = loops.uniform();
  }

  void uniform(RandomKey key, Tensor out) {
    HeapStorage to = (HeapStorage) out.storage();
    forRuns(
        key,
        out.numel(),
        (from, n, numbers) -> {
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
          (from, n, numbers) -> {
            int at = dense.at() + from;
            elements.dropout(source, at, numbers, probability, to, out.offset() + from, n);
          });
    }
  }

  /** Takes the numbers of one run of a stream. */
  @FunctionalInterface
  private interface Body {
    void run(int from, int n, float[] numbers);
  }

  private void forRuns(RandomKey key, int size, Body body) {
    Threads.forRange(
        size,
        Walk.GRAIN,
        (from, end) -> {
          float[] numbers = workspace.get(0, RUN);
          for (int at = from; at < end; at += RUN) {
            int n = Math.min(RUN, end - at);
            uniform.fill(key, at, n, numbers);
            body.run(at, n, numbers);
          }
        });
  }
}
