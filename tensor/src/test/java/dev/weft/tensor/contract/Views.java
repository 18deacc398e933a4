package dev.weft.tensor.contract;

import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * Operands in random layouts: cut out of something larger, with exchanged axes, stretched. What
 * they must show is worked out from the index alone, without the tensor's own strides.
 */
final class Views {
  /** Every rank to 4, extents of 0 and 1, and sizes that more than one thread works on. */
  static final List<Shape> SHAPES =
      List.of(
          Shape.of(),
          Shape.of(1),
          Shape.of(0),
          Shape.of(7),
          Shape.of(3, 0),
          Shape.of(0, 3),
          Shape.of(5, 4),
          Shape.of(1, 6),
          Shape.of(2, 3, 4),
          Shape.of(3, 1, 5),
          Shape.of(2, 0, 3),
          Shape.of(2, 3, 2, 4),
          Shape.of(4, 1, 1, 3),
          Shape.of(2, 1, 33),
          Shape.of(3, 1500),
          Shape.of(65, 67),
          Shape.of(20000));

  private final Subject subject;
  private final Random random;

  Views(Subject subject, long seed) {
    this.subject = subject;
    this.random = new Random(seed);
  }

  /** Standard normal. */
  double normal() {
    return random.nextGaussian();
  }

  /** Of either sign, from 1e-3 to 1e3 in magnitude. */
  double wide() {
    double magnitude = Math.pow(10, 6 * random.nextDouble() - 3);
    return random.nextBoolean() ? magnitude : -magnitude;
  }

  /** Now and then something that is not a common number. */
  double special() {
    return switch (random.nextInt(12)) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> Double.NEGATIVE_INFINITY;
      case 3 -> 0.0;
      case 4 -> -0.0;
      default -> normal();
    };
  }

  Random random() {
    return random;
  }

  /** Row-major. */
  View contiguous(Shape shape, DoubleSupplier numbers) {
    double[] values = draw(shape.numel(), numbers);
    return new View(subject.tensor(values, shape), values);
  }

  /** Any layout, as chance will have it. */
  View of(Shape shape, DoubleSupplier numbers) {
    if (random.nextInt(4) == 0) {
      return contiguous(shape, numbers);
    }
    int rank = shape.rank();
    int[] order = permutation(rank);
    int[] extents = new int[rank];
    int[] starts = new int[rank];
    int[] baseDims = new int[rank];
    boolean cut = random.nextBoolean();
    for (int j = 0; j < rank; j++) {
      int axis = order[j];
      extents[axis] = random.nextInt(4) == 0 ? 1 : shape.dim(axis);
      starts[axis] = cut ? random.nextInt(3) : 0;
      baseDims[j] = starts[axis] + extents[axis] + (cut ? random.nextInt(3) : 0);
    }
    Shape baseShape = Shape.of(baseDims);
    double[] base = draw(baseShape.numel(), numbers);
    Tensor tensor = subject.tensor(base, baseShape).permute(inverse(order));
    for (int axis = 0; axis < rank; axis++) {
      tensor = tensor.slice(axis, starts[axis], starts[axis] + extents[axis]);
    }
    return new View(
        tensor.expand(shape), shown(shape, base, baseDims, inverse(order), starts, extents));
  }

  private static double[] shown(
      Shape shape, double[] base, int[] baseDims, int[] place, int[] starts, int[] extents) {
    double[] values = new double[shape.numel()];
    for (int i = 0; i < values.length; i++) {
      int[] baseIndex = new int[baseDims.length];
      int rest = i;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        int index = rest % shape.dim(axis);
        rest /= shape.dim(axis);
        baseIndex[place[axis]] = starts[axis] + (extents[axis] == 1 ? 0 : index);
      }
      int at = 0;
      for (int j = 0; j < baseDims.length; j++) {
        at = at * baseDims[j] + baseIndex[j];
      }
      values[i] = base[at];
    }
    return values;
  }

  double[] draw(int count, DoubleSupplier numbers) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> subject.rounded(numbers.getAsDouble()));
    return values;
  }

  private int[] permutation(int rank) {
    int[] order = new int[rank];
    Arrays.setAll(order, i -> i);
    for (int i = rank - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  private static int[] inverse(int[] order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return inverse;
  }
}
