package dev.weft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.cpu.HeapStorage;
import org.junit.jupiter.api.Test;

class TensorTest {
  /** 0 to 23 as [2, 3, 4]. */
  private final Tensor x = counting(2, 3, 4);

  private static Tensor counting(int... dims) {
    float[] values = new float[Shape.of(dims).numel()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Tensor.of(values, dims);
  }

  private static void assertHolds(Tensor tensor, Shape shape, double... values) {
    assertEquals(shape, tensor.shape());
    assertArrayEquals(values, tensor.toDoubles());
  }

  private static void assertRefuses(String message, Runnable action) {
    assertEquals(message, assertThrows(TensorException.class, action::run).getMessage());
  }

  @Test
  void sharesTheArrayItIsMadeOf() {
    float[] values = {1, 2};
    Tensor tensor = Tensor.of(values);
    values[1] = 5;
    assertHolds(tensor, Shape.of(2), 1, 5);
    assertRefuses("tensor: 2 values do not fill shape [3] of 3", () -> Tensor.of(values, 3));
  }

  @Test
  void makesEveryType() {
    assertHolds(Tensor.of(new double[] {1.5}), Shape.of(1), 1.5);
    assertHolds(Tensor.of(new int[] {1, 2}, 2, 1), Shape.of(2, 1), 1, 2);
    assertHolds(Tensor.of(new long[] {3}), Shape.of(1), 3);
    assertHolds(Tensor.of(new boolean[] {true, false}), Shape.of(2), 1, 0);
    assertHolds(Tensor.scalar(DType.F64, 2), Shape.of(), 2);
    assertHolds(Tensor.zeros(DType.BF16, 2), Shape.of(2), 0, 0);
    assertHolds(Tensor.full(DType.U8, Shape.of(1), Device.CPU, 200), Shape.of(1), 200);
  }

  @Test
  void readsBackInEveryType() {
    Tensor flipped = counting(2, 2).transpose(0, 1);
    assertArrayEquals(new float[] {0, 2, 1, 3}, flipped.toFloats());
    assertArrayEquals(new int[] {0, 2, 1, 3}, flipped.toInts());
    assertArrayEquals(new long[] {0, 2, 1, 3}, flipped.toLongs());
    assertArrayEquals(new float[] {7}, Tensor.of(new long[] {7}).toFloats());
    long beyondDoubles = (1L << 53) + 1;
    assertArrayEquals(new long[] {beyondDoubles}, Tensor.of(new long[] {beyondDoubles}).toLongs());
    assertThrows(ArithmeticException.class, () -> Tensor.of(new long[] {1L << 40}).toInts());
  }

  @Test
  void itemIsTheOnlyElement() {
    assertEquals(13, x.select(0, 1).select(0, 0).select(0, 1).item());
    assertRefuses("item: shape [2, 3, 4] has 24 elements, not 1", x::item);
  }

  @Test
  void staysInsideItsStorage() {
    HeapStorage storage = HeapStorage.of(DType.F32, new float[5]);
    assertEquals(3, Tensor.over(storage, Shape.of(3), 2).numel());
    assertRefuses(
        "tensor: [3] at 3 exceeds a storage of 5", () -> Tensor.over(storage, Shape.of(3), 3));
    assertRefuses(
        "tensor: [3] at -1 exceeds a storage of 5", () -> Tensor.over(storage, Shape.of(3), -1));
  }

  @Test
  void reshapes() {
    assertSame(x, x.reshape(2, 3, 4));
    assertSame(x.storage(), x.reshape(4, -1).storage());
    assertEquals(Shape.of(4, 6), x.reshape(4, -1).shape());
    assertHolds(x.slice(0, 1, 2).reshape(12).slice(0, 0, 2), Shape.of(2), 12, 13);
    assertHolds(counting(2, 2).transpose(0, 1).reshape(4), Shape.of(4), 0, 2, 1, 3);
    assertHolds(Tensor.of(new float[] {3}).reshape(), Shape.of(), 3);
    assertEquals(Shape.of(0, 4), counting(0).reshape(-1, 4).shape());
  }

  @Test
  void refusesToReshapeIntoSomethingElse() {
    assertRefuses("reshape: [2, 3, 4] of 24 elements into [5, -1]", () -> x.reshape(5, -1));
    assertRefuses("reshape: [2, 3, 4] of 24 elements into [-1, -1]", () -> x.reshape(-1, -1));
    assertRefuses("reshape: [0] of 0 elements into [-1, 0]", () -> counting(0).reshape(-1, 0));
    assertRefuses("reshape: [2, 3, 4] of 24 elements into [23]", () -> x.reshape(23));
  }

  @Test
  void exchangesAxes() {
    assertHolds(counting(2, 3).transpose(0, -1), Shape.of(3, 2), 0, 3, 1, 4, 2, 5);
    Tensor moved = x.permute(2, 0, 1);
    assertEquals(Shape.of(4, 2, 3), moved.shape());
    assertArrayEquals(new int[] {1, 12, 4}, moved.strides());
    assertFalse(moved.isContiguous());
    assertTrue(moved.permute(1, 2, 0).isContiguous());
    assertRefuses("permute: [0, 1] of shape [2, 3, 4]", () -> x.permute(0, 1));
    assertRefuses("permute: axis 1 twice in [0, 1, -2]", () -> x.permute(0, 1, -2));
  }

  @Test
  void cutsOut() {
    assertHolds(x.slice(2, 1, 3).slice(0, 1, 2).slice(1, 2, 3), Shape.of(1, 1, 2), 21, 22);
    assertHolds(x.select(-1, 3).select(0, 0), Shape.of(3), 3, 7, 11);
    assertRefuses("slice: [1, 5) of axis 2 of shape [2, 3, 4]", () -> x.slice(-1, 1, 5));
    assertRefuses("slice: [2, 1) of axis 0 of shape [2, 3, 4]", () -> x.slice(0, 2, 1));
    assertRefuses("slice: [-1, 1) of axis 0 of shape [2, 3, 4]", () -> x.slice(0, -1, 1));
  }

  @Test
  void nothingCutOutAtTheEndIsStillATensor() {
    Tensor nothing = x.slice(2, 3, 4).slice(1, 2, 3).slice(0, 2, 2);
    assertHolds(nothing, Shape.of(0, 1, 1));
    assertHolds(Ops.copy(nothing), Shape.of(0, 1, 1));
    assertHolds(counting(0, 5).slice(1, 3, 5), Shape.of(0, 2));
  }

  @Test
  void addsAndDropsAxesOfOne() {
    assertEquals(Shape.of(2, 3, 1, 4), x.unsqueeze(2).shape());
    assertEquals(Shape.of(2, 3, 4, 1), x.unsqueeze(-1).shape());
    assertTrue(x.unsqueeze(0).isContiguous());
    assertEquals(Shape.of(2, 3, 4), x.unsqueeze(1).squeeze(1).shape());
    assertRefuses("squeeze: axis 1 of shape [2, 3, 4] is not 1", () -> x.squeeze(1));
    assertRefuses("unsqueeze: axis 4 of shape [2, 3, 4]", () -> x.unsqueeze(4));
  }

  @Test
  void stretches() {
    Tensor column = counting(2, 1);
    assertHolds(column.expand(Shape.of(2, 2)), Shape.of(2, 2), 0, 0, 1, 1);
    assertHolds(counting(2).expand(Shape.of(2, 2)), Shape.of(2, 2), 0, 1, 0, 1);
    assertEquals(Shape.of(2, 0), column.expand(Shape.of(2, 0)).shape());
    assertSame(x, x.expand(x.shape()));
    assertRefuses(
        "expand: [2, 1] does not broadcast to [3, 1]", () -> column.expand(Shape.of(3, 1)));
  }

  @Test
  void namesItself() {
    assertEquals("F32[2, 3, 4]", x.toString());
    assertEquals("cuda:1", Device.cuda(1).toString());
    assertRefuses("device cuda:0: no backend on the class path", () -> Backends.of(Device.cuda(0)));
  }
}
