package dev.weft.cuda;

import dev.weft.tensor.Backend;
import dev.weft.tensor.DType;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Storage;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import dev.weft.tensor.cpu.HeapStorage;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.util.Arrays;
import java.util.Random;

/**
 * A product of drawn size, whose operands lie in memory in some way that a view can, on a device
 * and in F64 on the processor.
 */
final class RandomProduct {
  private static final ReferenceBackend REFERENCE = new ReferenceBackend();

  private final Random random;
  private final Backend device;
  private final Tensor a;
  private final Tensor b;
  private final MatmulTail tail;
  private final Tensor out;
  private final Tensor exactA;
  private final Tensor exactB;
  private final MatmulTail exactTail;

  /** An operand on the device, and the same numbers in the same layout in F64. */
  private record Pair(Tensor on, Tensor exact) {}

  /**
   * Draws one.
   *
   * @param most the most that m, n and k may be
   * @param hasTail whether there may be a bias and an activation
   */
  RandomProduct(
      Random random,
      Backend device,
      DType aType,
      DType bType,
      DType outType,
      int most,
      boolean hasTail) {
    this.random = random;
    this.device = device;
    int m = 1 + random.nextInt(most);
    int n = 1 + random.nextInt(most);
    int k = 1 + random.nextInt(most);
    int[] batch = new int[random.nextInt(4)];
    Arrays.setAll(batch, _ -> 1 + random.nextInt(3));
    Pair left = operand(aType, batch, m, k);
    Pair right = operand(bType, batch, k, n);
    a = left.on;
    exactA = left.exact;
    b = right.on;
    exactB = right.exact;
    double scale = random.nextBoolean() ? 1 : random.nextGaussian();
    UnaryOp activation = hasTail && random.nextBoolean() ? UnaryOp.GELU : null;
    if (hasTail && random.nextBoolean()) {
      Pair bias = view(outType, n, 1 + random.nextInt(2));
      tail = new MatmulTail(scale, bias.on, activation);
      exactTail = new MatmulTail(scale, bias.exact, activation);
    } else {
      tail = new MatmulTail(scale, null, activation);
      exactTail = tail;
    }
    Shape shape = Shape.of(append(batch, m, n));
    out = Tensor.over(device.allocate(outType, shape.numel(), false), shape, 0);
  }

  private static int[] append(int[] batch, int rows, int columns) {
    int[] dims = Arrays.copyOf(batch, batch.length + 2);
    dims[batch.length] = rows;
    dims[batch.length + 1] = columns;
    return dims;
  }

  /**
   * [batch…, rows, columns], of a larger whole, turned or not, stretched along the batch or not.
   */
  private Pair operand(DType type, int[] batch, int rows, int columns) {
    boolean isTurned = random.nextBoolean();
    boolean isStretched = batch.length > 0 && random.nextInt(4) == 0;
    int before = random.nextInt(3);
    int after = random.nextInt(3);
    int[] own = isStretched ? new int[] {1} : batch;
    int[] whole = isTurned ? append(own, columns, rows) : append(own, rows, columns);
    whole[whole.length - 1] += before + after;
    boolean batchIsTurned = own.length > 1 && random.nextBoolean();
    if (batchIsTurned) {
      int first = whole[0];
      whole[0] = whole[1];
      whole[1] = first;
    }
    Pair all = filled(type, Shape.of(whole));
    Tensor[] views = {all.on, all.exact};
    for (int i = 0; i < 2; i++) {
      Tensor view = views[i];
      view = view.slice(-1, before, view.dim(-1) - after);
      view = batchIsTurned ? view.transpose(0, 1) : view;
      view = isTurned ? view.transpose(-1, -2) : view;
      view = isStretched ? view.select(0, 0).expand(Shape.of(append(batch, rows, columns))) : view;
      views[i] = view;
    }
    return new Pair(views[0], views[1]);
  }

  private Pair view(DType type, int n, int step) {
    Pair all = filled(type, Shape.of(n, step));
    return new Pair(all.on.select(1, 0), all.exact.select(1, 0));
  }

  private Pair filled(DType type, Shape shape) {
    HeapStorage numbers = HostArrays.allocate(type, shape.numel());
    double[] exact = new double[shape.numel()];
    for (int i = 0; i < exact.length; i++) {
      numbers.set(i, random.nextGaussian());
      exact[i] = numbers.get(i);
    }
    Storage storage = device.allocate(type, exact.length, false);
    Tensor on = Tensor.over(storage, shape, 0);
    device.upload(numbers, on);
    return new Pair(on, Tensor.of(exact, shape.dims()));
  }

  Tensor a() {
    return a;
  }

  Tensor b() {
    return b;
  }

  MatmulTail tail() {
    return tail;
  }

  Tensor out() {
    return out;
  }

  /**
   * How far the result is from the reference's, in units of the roundoff that adding k products of
   * numbers of this size may make.
   *
   * @param roundoff of a factor or of the result, whichever is larger
   */
  double error(double roundoff) {
    Tensor expected = Tensor.zeros(DType.F64, out.shape().dims());
    REFERENCE.matmul(exactA, exactB, exactTail, expected);
    double[] wanted = expected.toDoubles();
    HeapStorage actual = device.download(out);
    double worst = 0;
    for (int i = 0; i < wanted.length; i++) {
      double scale = Math.max(1, Math.abs(tail.scale())) * (2 + Math.sqrt(a.dim(-1)));
      double error =
          Math.abs(wanted[i] - actual.get(i)) / (roundoff * Math.max(scale, Math.abs(wanted[i])));
      worst = Math.max(worst, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
    }
    return worst;
  }

  @Override
  public String toString() {
    return a
        + " × "
        + b
        + " to "
        + out
        + ", strides "
        + Arrays.toString(a.strides())
        + " "
        + Arrays.toString(b.strides());
  }
}
