package dev.weft.tensor.contract;

import static dev.weft.tensor.contract.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows by index. */
@BackendContract
class LookupContractTest {
  private static final List<Shape> INDEX_SHAPES =
      List.of(Shape.of(), Shape.of(0), Shape.of(1), Shape.of(9), Shape.of(3, 4), Shape.of(700));

  private final Subject subject;
  private final Views views;

  LookupContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 17);
  }

  private double[] indices(Shape shape, int rows) {
    return views.draw(shape.numel(), () -> views.random().nextInt(rows));
  }

  @Test
  void gatherFromAnyLayout() {
    for (Shape shape : INDEX_SHAPES) {
      for (int width : new int[] {0, 1, 5, 64}) {
        View table = views.of(Shape.of(6, width), views::special);
        double[] index = indices(shape, 6);
        Result out = Result.of(subject, append(shape, width));
        Tensor rows = subject.tensor(DType.I64, index, shape);
        subject.backend().gather(table.tensor(), rows, out.tensor());
        double[] expected = new double[index.length * width];
        Arrays.setAll(expected, i -> table.values()[((int) index[i / width]) * width + i % width]);
        assertArrayEquals(expected, out.values());
      }
    }
  }

  @Test
  void gatherWithIndicesOfAnyLayoutAndTablesOfAnyType() {
    Tensor table = subject.tensor(DType.I32, new double[] {10, 11, 20, 21, 30, 31}, Shape.of(3, 2));
    Tensor index =
        subject.tensor(DType.I32, new double[] {0, 1, 2, 2}, Shape.of(2, 2)).transpose(0, 1);
    Result out = Result.of(subject, DType.I32, Shape.of(2, 2, 2));
    subject.backend().gather(table, index, out.tensor());
    assertArrayEquals(new double[] {10, 11, 30, 31, 20, 21, 30, 31}, out.values());
  }

  @Test
  void scatterAddSumsRepeatedIndicesInOrder() {
    for (Shape shape : INDEX_SHAPES) {
      for (int width : new int[] {0, 1, 5, 64}) {
        View source = views.of(append(shape, width), views::normal);
        double[] index = indices(shape, 5);
        double[] initial = views.draw(5 * width, views::normal);
        Result out = Result.holding(subject, initial, Shape.of(5, width));
        Tensor rows = subject.tensor(DType.I32, index, shape);
        subject.backend().scatterAdd(rows, source.tensor(), out.tensor());
        double[] expected = initial.clone();
        for (int i = 0; i < index.length * width; i++) {
          int at = ((int) index[i / width]) * width + i % width;
          // In the order of the indices, rounded after each term: the same bits everywhere.
          expected[at] = subject.rounded(expected[at] + source.values()[i]);
        }
        assertClose(subject, 0, expected, out.values(), "scatterAdd " + shape + " " + width);
      }
    }
  }

  @Test
  void indicesOutsideTheTableAreRefused() {
    Tensor table = subject.tensor(new double[6], Shape.of(3, 2));
    for (double wrong : new double[] {-1, 3, 1e12}) {
      Tensor index = subject.tensor(DType.I64, new double[] {0, wrong}, Shape.of(2));
      Result out = Result.of(subject, Shape.of(2, 2));
      TensorException refused =
          assertThrows(
              TensorException.class, () -> subject.backend().gather(table, index, out.tensor()));
      assertEquals(
          "gather: index " + (long) wrong + " is outside a table of 3 rows", refused.getMessage());
      assertThrows(
          TensorException.class, () -> subject.backend().scatterAdd(index, out.tensor(), table));
      assertArrayEquals(new double[6], subject.read(table));
    }
  }

  private static Shape append(Shape shape, int width) {
    int[] dims = Arrays.copyOf(shape.dims(), shape.rank() + 1);
    dims[shape.rank()] = width;
    return Shape.of(dims);
  }
}
