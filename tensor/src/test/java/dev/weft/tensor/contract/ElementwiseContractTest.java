package dev.weft.tensor.contract;

import static dev.weft.tensor.contract.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The element-wise primitives against {@link Formulas}, for any layout. */
@BackendContract
class ElementwiseContractTest {
  private final Subject subject;
  private final Views views;

  ElementwiseContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 11);
  }

  @ParameterizedTest
  @EnumSource
  void unary(UnaryOp op) {
    for (Shape shape : Views.SHAPES) {
      View x = views.of(shape, views::wide);
      check(op, x);
    }
  }

  @ParameterizedTest
  @EnumSource
  void unaryOfSpecialNumbers(UnaryOp op) {
    check(op, views.of(Shape.of(400), views::special));
  }

  @ParameterizedTest
  @EnumSource
  void unaryOverTheWholeRange(UnaryOp op) {
    int steps = 4001;
    double[] values = new double[steps];
    Arrays.setAll(values, i -> subject.rounded((i - steps / 2) * (120.0 / steps)));
    check(op, new View(subject.tensor(values, Shape.of(steps)), values));
    double greatest = subject.dtype() == DType.F32 ? Float.MAX_VALUE : Double.MAX_VALUE;
    double[] extreme = {greatest, -greatest, greatest / 1e10, 1e30, -1e30, 1e-30, -1e-30, 1e-300};
    extreme = subject.rounded(extreme);
    check(op, new View(subject.tensor(extreme, Shape.of(extreme.length)), extreme));
  }

  private void check(UnaryOp op, View x) {
    Result out = Result.of(subject, x.tensor().shape());
    subject.backend().unary(op, x.tensor(), out.tensor());
    double[] expected = Arrays.stream(x.values()).map(v -> Formulas.unary(op, v)).toArray();
    double[] magnitudes = Arrays.stream(x.values()).map(v -> Formulas.magnitude(op, v)).toArray();
    assertClose(
        subject, Formulas.roundoffs(op, subject.dtype()), expected, magnitudes, out.values(), op);
  }

  @ParameterizedTest
  @EnumSource
  void unaryBackward(UnaryOp op) {
    for (Shape shape : Views.SHAPES) {
      checkBackward(op, views.of(shape, views::wide), views.of(shape, views::normal));
    }
  }

  @ParameterizedTest
  @EnumSource
  void unaryBackwardOfSpecialNumbers(UnaryOp op) {
    Shape shape = Shape.of(400);
    // x Φ(x) and its kin have no derivative to speak of at infinity.
    boolean finite = op.name().contains("GELU");
    DoubleSupplier numbers =
        () -> {
          double number = views.special();
          return finite && Double.isInfinite(number) ? 0 : number;
        };
    checkBackward(op, views.of(shape, numbers), views.of(shape, views::normal));
    double greatest = subject.dtype() == DType.F32 ? Float.MAX_VALUE : Double.MAX_VALUE;
    double[] extreme =
        subject.rounded(new double[] {greatest, -greatest, 1e30, -1e30, 1e19, -1e19});
    View x = new View(subject.tensor(extreme, Shape.of(6)), extreme);
    checkBackward(op, x, views.of(Shape.of(6), () -> 1));
  }

  private void checkBackward(UnaryOp op, View x, View g) {
    Result out = Result.of(subject, x.tensor().shape());
    subject.backend().unaryBackward(op, x.tensor(), g.tensor(), out.tensor());
    double[] expected = new double[x.values().length];
    double[] magnitudes = new double[expected.length];
    for (int i = 0; i < expected.length; i++) {
      // An F32 derivative may overflow where its product with a small gradient would not.
      expected[i] = g.values()[i] * subject.rounded(Formulas.derivative(op, x.values()[i]));
      magnitudes[i] = Math.abs(g.values()[i]);
    }
    // Tails such as x σ (1 - σ) are off by x roundoffs while they last.
    assertClose(subject, 128, expected, magnitudes, out.values(), op + " backward");
  }

  @ParameterizedTest
  @EnumSource
  void binary(BinaryOp op) {
    for (Shape shape : Views.SHAPES) {
      checkBinary(op, views.of(shape, views::wide), views.of(shape, views::normal));
      checkBinary(op, views.of(shape, views::special), views.of(shape, views::special));
    }
  }

  private void checkBinary(BinaryOp op, View a, View b) {
    Result out = Result.of(subject, a.tensor().shape());
    subject.backend().binary(op, a.tensor(), b.tensor(), out.tensor());
    double[] expected = new double[a.values().length];
    Arrays.setAll(expected, i -> Formulas.binary(op, a.values()[i], b.values()[i]));
    assertClose(subject, op == BinaryOp.POWER ? 8 : 1, expected, out.values(), op);
  }

  @ParameterizedTest
  @EnumSource
  void binaryIntoAnOperand(BinaryOp op) {
    Shape shape = Shape.of(3, 1500);
    double[] left = views.draw(4500, () -> Math.abs(views.wide()));
    View b = views.of(shape, views::normal);
    Result out = Result.holding(subject, left, shape);
    subject.backend().binary(op, out.tensor(), b.tensor(), out.tensor());
    double[] expected = new double[left.length];
    Arrays.setAll(expected, i -> Formulas.binary(op, left[i], b.values()[i]));
    assertClose(subject, op == BinaryOp.POWER ? 8 : 1, expected, out.values(), op);
  }

  @ParameterizedTest
  @EnumSource
  void binaryOfIntegers(BinaryOp op) {
    double[] left = {7, -7, 0, 12, 1000000};
    double[] right = {2, 2, 5, 3, 3};
    double[] expected = new double[5];
    // Division and power of integers truncate.
    Arrays.setAll(expected, i -> (double) (int) Formulas.binary(op, left[i], right[i]));
    Tensor a = subject.tensor(DType.I32, left, Shape.of(5));
    Tensor b = subject.tensor(DType.I32, right, Shape.of(5));
    Result out = Result.of(subject, DType.I32, Shape.of(5));
    subject.backend().binary(op, a, b, out.tensor());
    assertArrayEquals(expected, out.values());
  }

  @ParameterizedTest
  @EnumSource
  void compare(CompareOp op) {
    for (Shape shape : Views.SHAPES) {
      View a = views.of(shape, () -> views.random().nextInt(3));
      View b = views.of(shape, () -> views.random().nextInt(3));
      checkCompare(op, a, b);
      checkCompare(op, views.of(shape, views::special), views.of(shape, views::special));
    }
  }

  private void checkCompare(CompareOp op, View a, View b) {
    Result out = Result.of(subject, DType.BOOL, a.tensor().shape());
    subject.backend().compare(op, a.tensor(), b.tensor(), out.tensor());
    double[] expected = new double[a.values().length];
    Arrays.setAll(expected, i -> Formulas.compare(op, a.values()[i], b.values()[i]) ? 1 : 0);
    assertArrayEquals(expected, out.values());
  }

  @Test
  void compareIntegers() {
    Tensor a = subject.tensor(DType.I64, new double[] {1, 2, 3}, Shape.of(3));
    Tensor b = subject.tensor(DType.I64, new double[] {2}, Shape.of(1)).expand(Shape.of(3));
    Result out = Result.of(subject, DType.BOOL, Shape.of(3));
    subject.backend().compare(CompareOp.GREATER_OR_EQUAL, a, b, out.tensor());
    assertArrayEquals(new double[] {0, 1, 1}, out.values());
  }

  @Test
  void select() {
    for (Shape shape : Views.SHAPES) {
      View a = views.of(shape, views::special);
      View b = views.of(shape, views::special);
      View mask = views.of(shape, () -> views.random().nextInt(2));
      // The mask keeps its strides when it is compared into BOOL only if copied axis by axis.
      Tensor condition = booleans(mask);
      Result out = Result.of(subject, shape);
      subject.backend().select(condition, a.tensor(), b.tensor(), out.tensor());
      double[] expected = new double[shape.numel()];
      Arrays.setAll(expected, i -> mask.values()[i] != 0 ? a.values()[i] : b.values()[i]);
      assertArrayEquals(expected, out.values());
    }
  }

  /** A BOOL view with a layout of its own: every other element of a storage twice as long. */
  private Tensor booleans(View mask) {
    Shape shape = mask.tensor().shape();
    double[] spread = new double[2 * mask.values().length];
    for (int i = 0; i < mask.values().length; i++) {
      spread[2 * i] = mask.values()[i];
      spread[2 * i + 1] = 1 - mask.values()[i];
    }
    int[] dims = Arrays.copyOf(shape.dims(), shape.rank() + 1);
    dims[shape.rank()] = 2;
    return subject.tensor(DType.BOOL, spread, Shape.of(dims)).select(-1, 0);
  }
}
