package dev.weft.autograd.op;

import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Random;
import java.util.stream.IntStream;

/** Random shapes, axes and numbers for one case. */
final class Draw {
  private final Random random;

  Draw(long seed) {
    random = new Random(seed);
  }

  boolean coin() {
    return random.nextBoolean();
  }

  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  <T> T oneOf(T[] values) {
    return values[random.nextInt(values.length)];
  }

  /** Extents from 1 to 4. */
  int[] dims(int rank) {
    return IntStream.range(0, rank).map(axis -> between(1, 4)).toArray();
  }

  /** An axis, counted from the start or from the end. */
  int axis(int rank) {
    return between(-rank, rank - 1);
  }

  /** Extents that broadcast to {@code dims}: some leading ones missing, some 1. */
  int[] broadcastable(int[] dims) {
    int missing = between(0, dims.length);
    return IntStream.range(missing, dims.length).map(axis -> coin() ? dims[axis] : 1).toArray();
  }

  int[] permutation(int length) {
    int[] order = IntStream.range(0, length).toArray();
    for (int i = length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  Tensor normal(int... dims) {
    return Tensor.of(
            IntStream.range(0, count(dims)).mapToDouble(i -> random.nextGaussian()).toArray())
        .reshape(dims);
  }

  /** Numbers of (0.5, 2). */
  Tensor positive(int... dims) {
    return Tensor.of(
            IntStream.range(0, count(dims))
                .mapToDouble(i -> 0.5 + 1.5 * random.nextDouble())
                .toArray())
        .reshape(dims);
  }

  /** Numbers of either sign, at least 0.1 from 0. */
  Tensor awayFromZero(int... dims) {
    double[] values = normal(dims).toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] += Math.copySign(0.1, values[i]);
    }
    return Tensor.of(values).reshape(dims);
  }

  Tensor indices(int bound, int... dims) {
    int[] values = IntStream.range(0, count(dims)).map(i -> random.nextInt(bound)).toArray();
    if (coin()) {
      return Tensor.of(values).reshape(dims);
    }
    return Tensor.of(IntStream.of(values).asLongStream().toArray()).reshape(dims);
  }

  Tensor mask(int... dims) {
    boolean[] values = new boolean[count(dims)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(3) > 0;
    }
    return Tensor.of(values).reshape(dims);
  }

  private static int count(int[] dims) {
    return Shape.of(dims).numel();
  }
}
