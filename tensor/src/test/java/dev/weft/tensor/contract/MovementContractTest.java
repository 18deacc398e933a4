package dev.weft.tensor.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.HeapStorage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fill, copy, upload and download: exact, whatever the layout. */
@BackendContract
class MovementContractTest {
  private final Subject subject;
  private final Views views;

  MovementContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 12);
  }

  @Test
  void fill() {
    for (Shape shape : Views.SHAPES) {
      Result out = Result.of(subject, shape);
      subject.backend().fill(out.tensor(), 1.5);
      assertArrayEquals(Close.repeated(1.5, shape.numel()), out.values());
    }
  }

  @ParameterizedTest
  @EnumSource
  void fillOfEveryType(DType dtype) {
    Result out = Result.of(subject, dtype, Shape.of(3, 5));
    subject.backend().fill(out.tensor(), 1);
    assertArrayEquals(Close.repeated(1, 15), out.values());
  }

  @Test
  void copyFromAnyLayout() {
    for (Shape shape : Views.SHAPES) {
      View x = views.of(shape, views::special);
      Result out = Result.of(subject, shape);
      subject.backend().copy(x.tensor(), out.tensor());
      assertArrayEquals(x.values(), out.values());
    }
  }

  @Test
  void copyIntoAnyLayout() {
    double[] initial = Close.repeated(-1, 4 * 5 * 6);
    Tensor whole = subject.tensor(initial, Shape.of(4, 5, 6));
    Tensor target = whole.permute(2, 0, 1).slice(0, 1, 5).slice(2, 2, 4);
    View x = views.of(Shape.of(4, 4, 2), views::normal);
    subject.backend().copy(x.tensor(), target);
    double[] expected = initial.clone();
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        for (int k = 0; k < 2; k++) {
          expected[(j * 5 + 2 + k) * 6 + 1 + i] = x.values()[(i * 4 + j) * 2 + k];
        }
      }
    }
    assertArrayEquals(expected, subject.read(whole));
  }

  @ParameterizedTest
  @EnumSource
  void copyConvertsToEveryType(DType to) {
    double[] values = {0, 1, 2, 3, 100, 5, 0, 7};
    for (DType from : DType.values()) {
      double[] held = from == DType.BOOL ? asBooleans(values) : values;
      Tensor x = subject.tensor(from, held, Shape.of(4, 2)).transpose(0, 1);
      Result out = Result.of(subject, to, Shape.of(2, 4));
      subject.backend().copy(x, out.tensor());
      double[] transposed = new double[8];
      Arrays.setAll(transposed, i -> held[i % 4 * 2 + i / 4]);
      double[] expected = to == DType.BOOL ? asBooleans(transposed) : transposed;
      assertArrayEquals(expected, out.values(), from + " to " + to);
    }
  }

  private static double[] asBooleans(double[] values) {
    return Arrays.stream(values).map(value -> value != 0 ? 1 : 0).toArray();
  }

  @Test
  void copyOfLongsIsExact() {
    long odd = (1L << 60) + 1;
    Tensor x = Tensor.over(subject.backend().allocate(DType.I64, 3, false), Shape.of(3), 0);
    subject.backend().upload(HeapStorage.of(DType.I64, new long[] {odd, -odd, 5}), x);
    Tensor out = Tensor.over(subject.backend().allocate(DType.I64, 3, false), Shape.of(3), 0);
    subject.backend().copy(x, out);
    assertArrayEquals(new long[] {odd, -odd, 5}, subject.backend().download(out).longs());
  }

  @Test
  void copyTruncatesToIntegers() {
    Tensor x = subject.tensor(new double[] {1.9, -1.9, 0.5, -0.5}, Shape.of(4));
    Result out = Result.of(subject, DType.I32, Shape.of(4));
    subject.backend().copy(x, out.tensor());
    assertArrayEquals(new double[] {1, -1, 0, 0}, out.values());
  }

  @Test
  void downloadReadsFromTheOffset() {
    Tensor x = subject.tensor(new double[] {1, 2, 3, 4, 5, 6}, Shape.of(3, 2));
    HeapStorage host = subject.backend().download(x.slice(0, 1, 3));
    assertEquals(4, host.length());
    assertEquals(3, host.get(0));
    assertEquals(6, host.get(3));
  }

  @Test
  void uploadWritesFromTheOffset() {
    Result out = Result.of(subject, DType.I32, Shape.of(2));
    subject.backend().upload(HeapStorage.of(DType.I32, new int[] {8, 9, 10}), out.tensor());
    assertArrayEquals(new double[] {8, 9}, out.values());
  }
}
