package dev.weft.tensor.contract;

import static dev.weft.tensor.contract.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.tensor.DType;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Ops;
import dev.weft.tensor.PackedMatrix;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;

/** Matrix products against commons-math3, with sizes on either side of every block's edge. */
@BackendContract
class MatmulContractTest {
  /** m, k, n. */
  private static final int[][] SIZES = {
    {1, 1, 1},
    {1, 7, 1},
    {1, 300, 5},
    {5, 1, 9},
    {3, 4, 5},
    {4, 8, 32},
    {7, 17, 33},
    {8, 16, 64},
    {97, 3, 40},
    {13, 257, 31},
    {96, 256, 48},
    {2, 600, 70},
    {100, 64, 65},
    {3, 5, 2100},
    {9, 1100, 40},
    {1050, 5, 3},
    {33, 2, 1},
    {28, 40, 96},
    {280, 1100, 70},
    {300, 130, 100}
  };

  private final Subject subject;
  private final Views views;

  MatmulContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 14);
  }

  @Test
  void sizesAndLayouts() {
    for (int[] size : SIZES) {
      check(size, Shape.of(), MatmulTail.NONE, views::normal);
      check(size, Shape.of(), MatmulTail.NONE, views::normal);
    }
  }

  @Test
  void batches() {
    for (Shape batch : new Shape[] {Shape.of(3), Shape.of(2, 3), Shape.of(1), Shape.of(2, 1)}) {
      check(new int[] {5, 9, 34}, batch, MatmulTail.NONE, views::normal);
      check(new int[] {17, 300, 6}, batch, MatmulTail.scale(0.25), views::normal);
    }
  }

  /** Enough of them that each is one task, with whole and broken blocks of rows. */
  @Test
  void manySmallProducts() {
    for (int[] size : new int[][] {{13, 20, 64}, {6, 7, 128}, {2, 3, 64}, {12, 33, 64}}) {
      check(size, Shape.of(40), MatmulTail.NONE, views::normal);
      check(size, Shape.of(40), new MatmulTail(1, null, UnaryOp.TANH), views::normal);
      check(size, Shape.of(10, 4), MatmulTail.scale(0.5), views::normal);
    }
    View a = views.contiguous(Shape.of(40, 13, 20), views::normal);
    View b = views.contiguous(Shape.of(40, 64, 20), views::normal);
    Result out = Result.of(subject, Shape.of(40, 13, 64));
    Tensor transposed = b.tensor().transpose(1, 2);
    subject.backend().matmul(a.tensor(), transposed, MatmulTail.NONE, out.tensor());
    Result single = Result.of(subject, Shape.of(13, 64));
    Tensor last = a.tensor().select(0, 39);
    subject.backend().matmul(last, transposed.select(0, 39), MatmulTail.NONE, single.tensor());
    double[] expected = Arrays.copyOfRange(out.values(), 39 * 13 * 64, 40 * 13 * 64);
    assertArrayEquals(single.values(), expected, "the same bits in a batch and alone");
  }

  @Test
  void nothingToMultiply() {
    check(new int[] {0, 4, 5}, Shape.of(), MatmulTail.NONE, views::normal);
    check(new int[] {4, 5, 0}, Shape.of(2), MatmulTail.NONE, views::normal);
    check(new int[] {4, 5, 6}, Shape.of(0), MatmulTail.NONE, views::normal);
  }

  @Test
  void noInnerDimensionGivesTheBias() {
    View bias = views.of(Shape.of(6), views::normal);
    check(new int[] {4, 0, 6}, Shape.of(), MatmulTail.NONE, views::normal);
    check(new int[] {4, 0, 6}, Shape.of(2), MatmulTail.bias(bias.tensor()), views::normal);
  }

  @Test
  void tails() {
    for (int[] size : SIZES) {
      Tensor bias = views.of(Shape.of(size[2]), views::normal).tensor();
      check(size, Shape.of(), MatmulTail.bias(bias), views::normal);
      check(size, Shape.of(), new MatmulTail(-0.5, bias, UnaryOp.RELU), views::normal);
      check(size, Shape.of(2), new MatmulTail(1, null, UnaryOp.GELU), views::normal);
      check(size, Shape.of(2), new MatmulTail(2, bias, UnaryOp.TANH), views::normal);
    }
  }

  @Test
  void weightsOfHalfPrecisionAreReadAsTheyLie() {
    assumeTrue(subject.dtype() == DType.F32, "half precision stands beside F32 only");
    for (DType half : new DType[] {DType.F16, DType.BF16}) {
      for (int[] size : SIZES) {
        Tensor a = views.of(Shape.of(size[0], size[1]), views::normal).tensor();
        Tensor weight = views.of(Shape.of(size[2], size[1]), views::normal).tensor();
        Tensor lying = Tensor.empty(half, weight.shape(), weight.device());
        subject.backend().copy(weight, lying);
        Tensor wide = Tensor.empty(DType.F32, weight.shape(), weight.device());
        subject.backend().copy(lying, wide);
        String context = half + " " + Arrays.toString(size);
        assertArrayEquals(
            product(a, wide.transpose(0, 1)), product(a, lying.transpose(0, 1)), 1e-4, context);
        Tensor rows = Ops.contiguous(wide.transpose(0, 1));
        Tensor halfRows = Tensor.empty(half, rows.shape(), rows.device());
        subject.backend().copy(rows, halfRows);
        assertArrayEquals(product(a, rows), product(a, halfRows), 1e-4, context);
      }
    }
  }

  @Test
  void packedOperands() {
    List<DType> types =
        subject.dtype() == DType.F32
            ? List.of(DType.F32, DType.F16, DType.BF16)
            : List.of(DType.F64);
    for (DType type : types) {
      for (int[] size : SIZES) {
        checkPacked(size, type);
      }
      checkPacked(new int[] {140, 530, 70}, type);
      checkPacked(new int[] {30, 20, 600}, type);
    }
  }

  private void checkPacked(int[] size, DType type) {
    Tensor a = views.of(Shape.of(size[0], size[1]), views::normal).tensor();
    Tensor bias = views.of(Shape.of(size[2]), views::normal).tensor();
    MatmulTail tail = new MatmulTail(0.5, bias, UnaryOp.TANH);
    Shape shape = Shape.of(size[2], size[1]);
    double[] numbers = views.draw(shape.numel(), views::normal);
    Tensor weight = subject.tensor(type, numbers, shape);
    PackedMatrix packed = subject.backend().pack(subject.tensor(type, numbers, shape));
    String context = type + " " + Arrays.toString(size);

    Tensor unpacked = subject.tensor(type, new double[shape.numel()], shape);
    subject.backend().unpack(packed, unpacked);
    assertArrayEquals(subject.read(weight), subject.read(unpacked), context);

    Result expected = Result.of(subject, Shape.of(size[0], size[2]));
    subject.backend().matmul(a, weight.transpose(0, 1), tail, expected.tensor());
    Result actual = Result.of(subject, Shape.of(size[0], size[2]));
    subject.backend().matmul(a, packed, tail, actual.tensor());
    // One row or two go another way where b is not packed.
    double tolerance = size[0] >= 3 ? 0 : 64 * size[1] * subject.roundoff();
    assertArrayEquals(expected.values(), actual.values(), tolerance, context);
  }

  private double[] product(Tensor a, Tensor b) {
    Result out = Result.of(subject, Shape.of(a.dim(0), b.dim(1)));
    subject.backend().matmul(a, b, MatmulTail.NONE, out.tensor());
    return out.values();
  }

  @Test
  void specialNumbersStayInTheirRowsAndColumns() {
    DoubleSupplier mostlyNormal =
        () -> views.random().nextInt(40) == 0 ? views.special() : views.normal();
    for (int[] size : SIZES) {
      check(size, Shape.of(), MatmulTail.NONE, mostlyNormal);
    }
  }

  private void check(int[] size, Shape batch, MatmulTail tail, DoubleSupplier numbers) {
    View a = views.of(append(batch, size[0], size[1]), numbers);
    View b = views.of(append(batch, size[1], size[2]), numbers);
    Shape shape = append(batch, size[0], size[2]);
    Result out = Result.of(subject, shape);
    subject.backend().matmul(a.tensor(), b.tensor(), tail, out.tensor());
    double[] bias = new double[size[2]];
    if (tail.bias() != null) {
      bias = subject.read(tail.bias());
    }
    double[] expected = new double[shape.numel()];
    double[] magnitudes = new double[shape.numel()];
    for (int i = 0; i < batch.numel(); i++) {
      RealMatrix left = matrix(a.values(), i, size[0], size[1]);
      RealMatrix right = matrix(b.values(), i, size[1], size[2]);
      put(left, right, expected, i, size);
      put(absolute(left), absolute(right), magnitudes, i, size);
    }
    for (int i = 0; i < expected.length; i++) {
      double added = bias[i % size[2]];
      double value = tail.scale() * expected[i] + added;
      expected[i] = tail.activation() == null ? value : Formulas.unary(tail.activation(), value);
      magnitudes[i] = Math.abs(tail.scale()) * magnitudes[i] + Math.abs(added);
    }
    // The worst case of adding the same product k times.
    double roundoffs = 8 + size[1] / 2.0;
    String context = Arrays.toString(size) + " batch " + batch + " " + tail;
    assertClose(subject, roundoffs, expected, magnitudes, out.values(), context);
  }

  private static Shape append(Shape batch, int rows, int columns) {
    int[] dims = Arrays.copyOf(batch.dims(), batch.rank() + 2);
    dims[batch.rank()] = rows;
    dims[batch.rank() + 1] = columns;
    return Shape.of(dims);
  }

  /** One matrix of a batch; null where there is nothing in it. */
  private static RealMatrix matrix(double[] values, int number, int rows, int columns) {
    if (rows == 0 || columns == 0) {
      return null;
    }
    RealMatrix matrix = new Array2DRowRealMatrix(rows, columns);
    for (int i = 0; i < rows * columns; i++) {
      matrix.setEntry(i / columns, i % columns, values[number * rows * columns + i]);
    }
    return matrix;
  }

  private static RealMatrix absolute(RealMatrix matrix) {
    if (matrix == null) {
      return null;
    }
    RealMatrix result = matrix.copy();
    for (int i = 0; i < matrix.getRowDimension(); i++) {
      for (int j = 0; j < matrix.getColumnDimension(); j++) {
        result.setEntry(i, j, Math.abs(matrix.getEntry(i, j)));
      }
    }
    return result;
  }

  private static void put(RealMatrix left, RealMatrix right, double[] to, int number, int[] size) {
    if (left == null || right == null) {
      return;
    }
    RealMatrix product = left.multiply(right);
    for (int i = 0; i < size[0] * size[2]; i++) {
      to[number * size[0] * size[2] + i] = product.getEntry(i / size[2], i % size[2]);
    }
  }
}
