package dev.weft.autograd.op;

import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/** Moving axes about, for ops along any axis over kernels that work along the last or first. */
final class Axes {
  private Axes() {}

  /** A view with an axis moved to another place, the others in their order. */
  static Tensor move(Tensor x, int axis, int to) {
    int source = x.shape().axis(axis);
    int target = x.shape().axis(to);
    if (source == target) {
      return x;
    }
    int[] order = new int[x.rank()];
    int next = 0;
    for (int i = 0; i < order.length; i++) {
      if (i == target) {
        order[i] = source;
        continue;
      }
      next += next == source ? 1 : 0;
      order[i] = next++;
    }
    return x.permute(order);
  }

  /** The shape with extent 1 at the folded axes; no axes: at all of them. */
  static Shape folded(Shape shape, int... axes) {
    Shape result = shape;
    for (int axis : axes) {
      result = result.with(axis, 1);
    }
    for (int axis = 0; axis < shape.rank() && axes.length == 0; axis++) {
      result = result.with(axis, 1);
    }
    return result;
  }
}
