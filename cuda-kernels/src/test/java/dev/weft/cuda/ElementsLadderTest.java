package dev.weft.cuda;

import static dev.weft.cuda.Ladder.ROUNDOFF;
import static dev.weft.cuda.Ladder.assertClose;
import static dev.weft.cuda.Ladder.blocks;
import static dev.weft.cuda.Ladder.exact;
import static dev.weft.cuda.Ladder.result;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Counters;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import dev.weft.tensor.cpu.BFloat16;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Element by element: the versions for any strides, and those for 16 bytes at a time. */
class ElementsLadderTest {
  private final ReferenceBackend reference = new ReferenceBackend();
  private final Ladder ladder = new Ladder(7);

  private static String name(Enum<?> op) {
    return op.name().toLowerCase(Locale.ROOT);
  }

  private static byte[] row(int n, int tensors) {
    int[][] strides = new int[tensors][];
    Arrays.fill(strides, new int[] {1});
    return Layout.of(new int[] {n}, strides).bytes();
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void unary(int capability) {
    for (UnaryOp op : UnaryOp.values()) {
      for (int n : new int[] {1, 3, 4, 1030}) {
        float[] x = ladder.normal(n);
        x[0] = -60;
        Tensor expected = result(n);
        reference.unary(op, exact(x, n), expected);
        Card plain = Card.of("unary", capability);
        Card fast = Card.of("unary", capability);
        long[] outs = {plain.empty(n), fast.empty(n)};
        Arguments any = new Arguments().add(Codes.of(op)).add(plain.put(x)).add(outs[0]);
        plain.launch("unary_f32", blocks(n), Card.BLOCK, any.add(row(n, 1)).add(n));
        Arguments dense = new Arguments().add(fast.put(x)).add(outs[1]).add(n);
        fast.launch(name(op) + "_dense", blocks(n), Card.BLOCK, dense);
        assertClose(expected, plain.floats(outs[0], n), 8 * ROUNDOFF, op + " of " + n);
        assertArrayEquals(plain.floats(outs[0], n), fast.floats(outs[1], n), op + " of " + n);
        assertFewerRequests(n, plain.counters(), fast.counters());
      }
    }
  }

  private static void assertFewerRequests(int n, Counters plain, Counters fast) {
    assertTrue(n < 1000 || 3 * fast.globalRequests() < plain.globalRequests(), plain + "\n" + fast);
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void unaryBackward(int capability) {
    int n = 515;
    float[] x = ladder.normal(n);
    float[] g = ladder.normal(n);
    for (UnaryOp op : UnaryOp.values()) {
      Tensor expected = result(n);
      reference.unaryBackward(op, exact(x, n), exact(g, n), expected);
      Card card = Card.of("unary_backward", capability);
      long[] at = {card.put(x), card.put(g), card.empty(n), card.empty(n)};
      Arguments any = new Arguments().add(Codes.of(op)).add(at[0]).add(at[1]).add(at[2]);
      card.launch("unary_backward_f32", blocks(n), Card.BLOCK, any.add(row(n, 2)).add(n));
      Arguments dense = new Arguments().add(at[0]).add(at[1]).add(at[3]).add(n);
      card.launch(name(op) + "_backward_dense", 1, Card.BLOCK, dense);
      assertClose(expected, card.floats(at[2], n), 32 * ROUNDOFF, op + " backward");
      assertArrayEquals(card.floats(at[2], n), card.floats(at[3], n), op + " backward");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void binaryWithBroadcasting(int capability) {
    float[] a = ladder.normal(3 * 5 * 7);
    float[] b = ladder.normal(5);
    float[] c = ladder.normal(a.length);
    int n = a.length;
    Tensor stretched = exact(b, 5, 1).expand(Shape.of(3, 5, 7));
    byte[] layout = Layout.of(exact(a, 3, 5, 7), stretched).bytes();
    for (BinaryOp op : BinaryOp.values()) {
      Card card = Card.of("binary", capability);
      long[] at = {card.put(a), card.put(b), card.put(c), card.empty(n)};
      Tensor expected = result(3, 5, 7);
      reference.binary(op, exact(a, 3, 5, 7), stretched, expected);
      Arguments any = new Arguments().add(Codes.of(op)).add(at[0]).add(at[1]).add(at[3]);
      card.launch("binary_f32", 1, Card.BLOCK, any.add(layout).add(n));
      double roundoffs = op == BinaryOp.POWER ? 8 : 1;
      assertClose(expected, card.floats(at[3], n), roundoffs * ROUNDOFF, op + " stretched");
      reference.binary(op, exact(a, 3, 5, 7), exact(c, 3, 5, 7), expected);
      Arguments dense = new Arguments().add(at[0]).add(at[2]).add(at[3]).add(n);
      card.launch(name(op) + "_dense", 1, Card.BLOCK, dense);
      assertClose(expected, card.floats(at[3], n), roundoffs * ROUNDOFF, op + " dense");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void compareAndSelect(int capability) {
    int n = 43;
    float[] a = ladder.normal(n);
    float[] b = ladder.normal(n);
    a[3] = Float.NaN;
    Card card = Card.of("compare", capability);
    Card select = Card.of("select", capability);
    long[] at = {card.put(a), card.put(b), card.empty(11), card.empty(11)};
    long[] selected = {select.put(a), select.put(b), select.empty(n), select.empty(n)};
    for (int op = 0; op < 6; op++) {
      Arguments any = new Arguments().add(op).add(1).add(at[0]).add(at[1]).add(at[2]);
      card.launch("compare_any", 1, Card.BLOCK, any.add(row(n, 2)).add(n));
      Arguments dense = new Arguments().add(op).add(at[0]).add(at[1]).add(at[3]).add(n);
      card.launch("compare_dense", 1, Card.BLOCK, dense);
      byte[] condition = card.bytes(at[2], n);
      assertArrayEquals(condition, card.bytes(at[3], n), "comparison " + op);
      long mask = select.put(condition);
      Arguments chosen = new Arguments().add(mask).add(selected[0]).add(selected[1]);
      chosen.add(selected[2]).add(row(n, 3)).add(n);
      select.launch("select_4", 1, Card.BLOCK, chosen);
      Arguments byFour = new Arguments().add(mask).add(selected[0]).add(selected[1]);
      select.launch("select_dense", 1, Card.BLOCK, byFour.add(selected[3]).add(n));
      float[] result = select.floats(selected[2], n);
      assertArrayEquals(result, select.floats(selected[3], n), "selection " + op);
      for (int i = 0; i < n; i++) {
        assertEquals(condition[i] != 0 ? a[i] : b[i], result[i]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void fill(int capability) {
    int n = 1003;
    Card plain = Card.of("fill", capability);
    Card fast = Card.of("fill", capability);
    long one = Float.floatToRawIntBits(1.5f);
    long[] at = {plain.empty(n), fast.empty(n)};
    plain.launch("fill_4", 8, Card.BLOCK, new Arguments().add(at[0]).add(one).add(n));
    Arguments pattern = new Arguments().add(at[1]).add(one << 32 | one).add(4L * n);
    fast.launch("fill_dense", 2, Card.BLOCK, pattern);
    float[] expected = new float[n];
    Arrays.fill(expected, 1.5f);
    assertArrayEquals(expected, plain.floats(at[0], n));
    assertArrayEquals(expected, fast.floats(at[1], n));
    assertFewerRequests(n, plain.counters(), fast.counters());
  }

  private Counters transposed(int capability, String kernel) {
    int rows = 67;
    int columns = 93;
    float[] x = ladder.normal(rows * columns);
    Card card = Card.of("copy", capability);
    long out = card.empty(x.length);
    Arguments arguments = new Arguments().add(card.put(x)).add(out);
    if (kernel.equals("transpose_4")) {
      arguments.add(rows).add(columns).add(columns).add(0);
      card.launch(kernel, new Dim3(3, 3, 1), new Dim3(32, 8, 1), arguments);
    } else {
      int[][] strides = {{1, columns}, {rows, 1}};
      byte[] layout = Layout.of(new int[] {columns, rows}, strides).bytes();
      card.launch(kernel, blocks(x.length), Card.BLOCK, arguments.add(layout).add(x.length));
    }
    float[] result = card.floats(out, x.length);
    for (int i = 0; i < x.length; i++) {
      assertEquals(x[i % rows * columns + i / rows], result[i], kernel + " at " + i);
    }
    return card.counters();
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void transposition(int capability) {
    transposed(capability, "copy_4_plain");
    Counters plain = transposed(capability, "copy_4");
    Counters tiled = transposed(capability, "transpose_4");
    assertTrue(2 * tiled.globalSectors() < plain.globalSectors(), plain + "\n" + tiled);
    // No two lanes of an access share a bank.
    assertEquals(tiled.sharedRequests(), tiled.sharedWavefronts());
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void conversionsToHalfAndBack(int capability) {
    int n = 331;
    float[] x = ladder.normal(n);
    x[0] = 1e30f;
    x[1] = 1e-42f;
    x[2] = Float.NaN;
    Card card = Card.of("copy", capability);
    for (String half : new String[] {"f16", "bf16"}) {
      long[] at = {card.put(x), card.empty(n), card.empty(n), card.empty(n)};
      Arguments any = new Arguments().add(1).add(half.equals("f16") ? 2 : 3).add(at[0]).add(at[1]);
      card.launch("convert_any", blocks(n), Card.BLOCK, any.add(row(n, 2)).add(n));
      Arguments narrow = new Arguments().add(at[0]).add(at[2]).add(n);
      card.launch("f32_to_" + half, 1, Card.BLOCK, narrow);
      card.launch(half + "_to_f32", 1, Card.BLOCK, new Arguments().add(at[1]).add(at[3]).add(n));
      float[] plain = card.floats(at[3], n);
      card.launch(half + "_to_f32", 1, Card.BLOCK, new Arguments().add(at[2]).add(at[3]).add(n));
      float[] back = card.floats(at[3], n);
      for (int i = 0; i < n; i++) {
        float expected =
            half.equals("f16")
                ? Float.float16ToFloat(Float.floatToFloat16(x[i]))
                : BFloat16.toFloat(BFloat16.fromFloat(x[i]));
        assertEquals(expected, plain[i], half);
        assertEquals(expected, back[i], half);
      }
    }
  }

  /** The multiplication that replaces a division, at its edges. */
  @Test
  void divisionByMultiplication() {
    int[] extents = {1, 2, 3, 7, 641, 6700417, 1 << 30, Integer.MAX_VALUE};
    int[] numbers = {0, 1, 2, 6, 640, 641, 1 << 30, Integer.MAX_VALUE - 1, Integer.MAX_VALUE};
    for (int extent : extents) {
      int shift = Layout.shift(extent);
      long magic = Integer.toUnsignedLong(Layout.magic(extent, shift));
      for (int i : numbers) {
        assertEquals(i / extent, (((i * magic) >>> 32) + i) >>> shift, i + " / " + extent);
      }
    }
  }
}
