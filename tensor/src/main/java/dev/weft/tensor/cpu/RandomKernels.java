package dev.weft.tensor.cpu;

import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Tensor;

/** Random numbers in bulk: each task draws its own blocks of the stream. */
final class RandomKernels {
  private RandomKernels() {}

  static void uniform(RandomKey key, Tensor out) {
    HeapStorage to = (HeapStorage) out.storage();
    forRange(
        out.numel(),
        (from, end) -> RandomFill.uniform(key, (i, u) -> to.set(out.offset() + i, u), from, end));
  }

  static void normal(RandomKey key, Tensor out) {
    HeapStorage to = (HeapStorage) out.storage();
    forRange(
        out.numel(),
        (from, end) -> RandomFill.normal(key, (i, z) -> to.set(out.offset() + i, z), from, end));
  }

  static void dropout(Tensor x, double probability, RandomKey key, Tensor out) {
    HeapStorage to = (HeapStorage) out.storage();
    double scale = 1 / (1 - probability);
    try (Dense dense = Dense.of(x)) {
      HeapStorage source = (HeapStorage) dense.tensor().storage();
      forRange(
          out.numel(),
          (from, end) ->
              RandomFill.uniform(
                  key,
                  (i, u) ->
                      to.set(
                          out.offset() + i,
                          u >= probability ? source.get(dense.at() + i) * scale : 0),
                  from,
                  end));
    }
  }

  private static void forRange(int size, Threads.Range range) {
    Threads.forRange(size, Walk.GRAIN, range);
  }
}
