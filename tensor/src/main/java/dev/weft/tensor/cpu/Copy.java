package dev.weft.tensor.cpu;

import dev.weft.tensor.Tensor;
import java.util.Arrays;

/** Moving elements: fill, and copy between any strides and types. */
final class Copy {

  private Copy() {}

  static void fill(Tensor out, double value) {
    HeapStorage target = (HeapStorage) out.storage();
    int from = out.offset();
    int to = from + out.numel();
    switch (out.dtype()) {
      case F32 -> Arrays.fill(target.floats(), from, to, (float) value);
      case F64 -> Arrays.fill(target.doubles(), from, to, value);
      default -> {
        for (int i = from; i < to; i++) {
          target.set(i, value);
        }
      }
    }
  }

  static void copy(Tensor source, Tensor out) {
    HeapStorage from = (HeapStorage) source.storage();
    HeapStorage to = (HeapStorage) out.storage();
    Walk walk = Walk.of(out, source);
    walk.forEach(
        Walk.GRAIN,
        (at, n) -> Runs.copy(from, at[1], walk.stride(1), to, at[0], walk.stride(0), n));
  }
}
