package dev.weft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShapeTest {

  private static void assertRefuses(String message, Runnable action) {
    assertEquals(message, assertThrows(TensorException.class, action::run).getMessage());
  }

  @Test
  void countsElements() {
    assertEquals(1, Shape.of().numel());
    assertEquals(24, Shape.of(2, 3, 4).numel());
    assertEquals(0, Shape.of(2, 0, 4).numel());
    assertEquals(Integer.MAX_VALUE, Shape.of(Integer.MAX_VALUE).numel());
    // Whether there is anything is decided before it is counted.
    assertEquals(0, Shape.of(70000, 70000, 0).numel());
  }

  @Test
  void refusesWhatIsNoShape() {
    assertRefuses("shape: negative extent in [2, -1]", () -> Shape.of(2, -1));
    assertRefuses(
        "shape: [65536, 32768] has more than 2^31 - 1 elements; split it along its first axis",
        () -> Shape.of(65536, 32768));
    assertRefuses(
        "shape: [2147483647, 2147483647, 2147483647] has more than 2^31 - 1 elements; split it"
            + " along its first axis",
        () -> Shape.of(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));
  }

  @Test
  void axesCountFromBothEnds() {
    Shape shape = Shape.of(2, 3, 4);
    assertEquals(4, shape.dim(-1));
    assertEquals(2, shape.dim(-3));
    assertEquals(1, shape.axis(-2));
    assertRefuses("axis 3 does not exist in shape [2, 3, 4] of rank 3", () -> shape.dim(3));
    assertRefuses("axis -4 does not exist in shape [2, 3, 4] of rank 3", () -> shape.dim(-4));
    assertRefuses("axis 0 does not exist in shape [] of rank 0", () -> Shape.of().dim(0));
  }

  @Test
  void isImmutable() {
    int[] dims = {2, 3};
    Shape shape = Shape.of(dims);
    dims[0] = 9;
    shape.dims()[1] = 9;
    assertEquals(Shape.of(2, 3), shape);
    assertEquals(Shape.of(2, 3).hashCode(), shape.hashCode());
    assertEquals(Shape.of(2, 7), shape.with(-1, 7));
    assertEquals("[2, 3]", shape.toString());
  }

  @Test
  void stridesAreRowMajor() {
    assertArrayEquals(new int[] {12, 4, 1}, Shape.of(2, 3, 4).contiguousStrides());
    assertArrayEquals(new int[0], Shape.of().contiguousStrides());
  }

  @Test
  void broadcasts() {
    assertEquals(Shape.of(2, 3), Shape.broadcast("add", Shape.of(2, 1), Shape.of(3)));
    assertEquals(Shape.of(4, 2, 3), Shape.broadcast("add", Shape.of(2, 3), Shape.of(4, 1, 1)));
    assertEquals(Shape.of(2, 3), Shape.broadcast("add", Shape.of(), Shape.of(2, 3)));
    assertEquals(Shape.of(0, 3), Shape.broadcast("add", Shape.of(0, 1), Shape.of(1, 3)));
    assertRefuses(
        "add: shapes do not broadcast: [2, 3] and [2] (extents 3, 2)",
        () -> Shape.broadcast("add", Shape.of(2, 3), Shape.of(2)));
    assertRefuses(
        "add: shapes do not broadcast: [0] and [2] (extents 0, 2)",
        () -> Shape.broadcast("add", Shape.of(0), Shape.of(2)));
  }

  @Test
  void saysWhatItStretchesTo() {
    assertTrue(Shape.of(1, 3).broadcastsTo(Shape.of(5, 2, 3)));
    assertTrue(Shape.of().broadcastsTo(Shape.of(2)));
    assertTrue(Shape.of(1).broadcastsTo(Shape.of(0)));
    assertFalse(Shape.of(2).broadcastsTo(Shape.of(1)));
    assertFalse(Shape.of(1, 1).broadcastsTo(Shape.of(1)));
  }
}
