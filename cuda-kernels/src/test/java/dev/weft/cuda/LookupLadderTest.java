package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Counters;
import dev.weft.cuda.ptx.Dim3;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows by index: the plain versions and the fast ones, which must give the same bits. */
class LookupLadderTest {
  private static final Dim3 WARPS = new Dim3(32, 8, 1);

  private final Ladder ladder = new Ladder(9);

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void gather(int capability) {
    int width = 132;
    int n = 40;
    float[] table = ladder.normal(9 * width);
    int[] rows = ladder.below(9, n);
    float[] expected = new float[n * width];
    for (int i = 0; i < n; i++) {
      System.arraycopy(table, rows[i] * width, expected, i * width, width);
    }
    Card plain = Card.of("gather", capability);
    Card fast = Card.of("gather", capability);
    long[] outs = {plain.empty(expected.length), fast.empty(expected.length)};
    Arguments strided = new Arguments().add(plain.put(table)).add(plain.put(rows)).add(outs[0]);
    strided.add(width).add(1).add(width).add(expected.length);
    plain.launch("gather_4", Ladder.blocks(expected.length), Card.BLOCK, strided);
    Arguments dense = new Arguments().add(fast.put(table)).add(fast.put(rows)).add(outs[1]);
    fast.launch("gather_dense", Dim3.of(2), WARPS, dense.add(width / 4).add(width / 4).add(n));
    assertArrayEquals(expected, plain.floats(outs[0], expected.length));
    assertArrayEquals(expected, fast.floats(outs[1], expected.length));
    Counters few = fast.counters();
    assertTrue(2 * few.globalRequests() < plain.counters().globalRequests(), few.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void indicesThatAreOutside(int capability) {
    int[] indices = {3, 0, -1, 2, 7};
    for (int count : new int[] {8, 4}) {
      Card card = Card.of("indices", capability);
      long wrong = card.put(new int[] {indices.length});
      long rows = card.empty(indices.length);
      byte[] layout = Layout.of(new int[] {indices.length}, new int[][] {{1}}).bytes();
      Arguments arguments = new Arguments().add(card.put(indices)).add(rows).add(wrong);
      card.launch("indices_i32", 1, 32, arguments.add(layout).add(indices.length).add(count));
      assertEquals(2, card.integers(wrong, 1)[0], "the first that is wrong");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void scatterAddHasOneOrder(int capability) {
    int table = 50;
    int width = 37;
    int n = 300;
    float[] source = ladder.normal(n * width);
    int[] rows = ladder.below(table, n);
    // A row that a third of all indices name, as padding is.
    for (int i = 0; i < n; i += 3) {
      rows[i] = 7;
    }
    float[] expected = ladder.normal(table * width);
    Card plain = Card.of("scatter_add", capability);
    Card fast = Card.of("scatter_add", capability);
    long[] outs = {plain.put(expected), fast.put(expected)};
    for (int i = 0; i < n * width; i++) {
      expected[rows[i / width] * width + i % width] += source[i];
    }
    Arguments all = new Arguments().add(plain.put(rows)).add(n).add(plain.put(source));
    all.add(outs[0]).add(width).add(expected.length);
    plain.launch("scatter_add_f32_plain", Ladder.blocks(expected.length), Card.BLOCK, all);
    scatterAdd(fast, rows, table, source, outs[1], width);
    assertArrayEquals(expected, plain.floats(outs[0], expected.length));
    assertArrayEquals(expected, fast.floats(outs[1], expected.length));
    Counters few = fast.counters();
    assertTrue(3 * few.globalRequests() < plain.counters().globalRequests(), few.toString());
  }

  /** The five steps that {@link CudaLookup} launches. */
  static void scatterAdd(Card card, int[] rows, int table, float[] source, long out, int width) {
    int n = rows.length;
    long index = card.put(rows);
    long counts = card.put(new int[table]);
    long[] at = {card.empty(table), card.empty(table), card.empty(n), card.empty(n)};
    Arguments count = new Arguments().add(index).add(n).add(counts);
    card.launch("scatter_add_count", 1, Card.BLOCK, count);
    Arguments begin = new Arguments().add(counts).add(at[0]).add(at[1]).add(table);
    card.launch("scatter_add_begin", 1, 1024, begin);
    Arguments collect = new Arguments().add(index).add(n).add(at[1]).add(at[2]);
    card.launch("scatter_add_collect", 1, Card.BLOCK, collect);
    Arguments order = new Arguments().add(index).add(n).add(counts).add(at[0]).add(at[2]);
    card.launch("scatter_add_order", 1, Card.BLOCK, order.add(at[3]));
    Arguments add = new Arguments().add(index).add(n).add(counts).add(at[0]).add(at[3]);
    add.add(card.put(source)).add(out).add(width);
    card.launch("scatter_add_f32", Dim3.of((n + 7) / 8), WARPS, add);
  }
}
