package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.cuda.ptx.PtxException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * The mistakes that one makes in kernels, put into the PTX that ships: the machine finds each, most
 * of which a card would let pass on a good day.
 */
class PlantedDefectTest {
  private static final int ROWS = 4;
  private static final int N = 200;
  private static final int LONG = 1100;

  private static float[] ones(int count) {
    float[] values = new float[count];
    Arrays.fill(values, 1);
    return values;
  }

  private static void assertCaught(String expected, Runnable kernel) {
    String message = assertThrows(PtxException.class, kernel::run).getMessage();
    assertTrue(message.contains(expected), message);
  }

  private static void relu(Card card) {
    // 128 threads for 4 × 25 elements: the last 103 must stay away.
    Arguments arguments = new Arguments().add(card.put(ones(100))).add(card.empty(100)).add(100);
    card.launch("relu_dense", 1, 128, arguments);
  }

  @Test
  void anOffByOneInTheBound() {
    relu(Card.of("unary", 80));
    assertCaught(
        "out of bounds: 16 bytes at address 0x1000000190, offset 400 of an allocation of 400 bytes",
        () -> relu(Card.changed("unary", "relu_dense", "setp.ge.u32", "setp.gt.u32")));
  }

  /** A column of a matrix: the element behind the last lies a whole row behind the matrix. */
  @Test
  void anOffByOneInACopyWithStrides() {
    assertCaught(
        "out of bounds: 4 bytes at address 0x1000000198, offset 408 of an allocation of 400 bytes",
        () -> {
          Card card = Card.changed("copy", "copy_4", "setp.ge.u32", "setp.gt.u32");
          byte[] layout = Layout.of(new int[] {34}, new int[][] {{3}, {1}}).bytes();
          Arguments arguments = new Arguments().add(card.put(ones(100))).add(card.empty(34));
          card.launch("copy_4", 1, 128, arguments.add(layout).add(34));
        });
  }

  @Test
  void theBarrierBetweenTheTwoSidesOfATransposition() {
    assertCaught(
        "that were never written",
        () -> {
          Card card = Card.changed("copy", "transpose_4", "bar.sync 	0;", "");
          Arguments arguments = new Arguments().add(card.put(ones(1024))).add(card.empty(1024));
          arguments.add(32).add(32).add(32).add(0);
          card.launch("transpose_4", Dim3.of(1), new Dim3(32, 8, 1), arguments);
        });
  }

  private static float[] columnSums(Card card) {
    long out = card.empty(32);
    Arguments arguments = new Arguments().add(card.put(ones(ROWS * 32))).add(out);
    arguments.add(FoldLadderTest.fold(32, 1, ROWS, 32));
    card.launch("sum_f32_columns", Dim3.of(1), new Dim3(32, 8, 1), arguments);
    return card.floats(out, 32);
  }

  @Test
  void theBarrierBeforeThePartialSumsAreRead() {
    assertEquals(ROWS, columnSums(Card.of("reduce", 80))[0]);
    assertCaught(
        "that were never written",
        () -> columnSums(Card.changed("reduce", "sum_f32_columns", "bar.sync \t0;", "")));
  }

  private static void scatterAdd(Card card) {
    int[] rows = new int[ROWS];
    LookupLadderTest.scatterAdd(card, rows, 3, ones(ROWS), card.put(ones(3)), 1);
  }

  /** All indices name one row: without the atomic, they all take its first place. */
  @Test
  void aCountThatIsReadAndWrittenInTwoSteps() {
    scatterAdd(Card.of("scatter_add", 80));
    String atomic = "atom.global.add.u32 \t%r11, [%rd10], 1;";
    String twoSteps =
        "ld.global.u32 %r11, [%rd10]; add.s32 %r11, %r11, 1; st.global.u32 [%rd10], %r11;"
            + " sub.s32 %r11, %r11, 1;";
    assertCaught(
        "that were never written",
        () -> scatterAdd(Card.changed("scatter_add", "scatter_add_collect", atomic, twoSteps)));
  }

  @Test
  void theBarrierBetweenTheStepsOfARunningSum() {
    String text = PtxKernels.text("scatter_add", 80);
    int kernel = text.indexOf(".entry scatter_add_begin(");
    int second = text.indexOf("bar.sync", text.indexOf("bar.sync", kernel) + 1);
    String without = text.substring(0, second) + text.substring(text.indexOf(';', second) + 1);
    assertCaught("race: ", () -> scatterAdd(Card.running(without)));
  }

  private static void layerNorm(Card card) {
    byte[] x = Card.rows(card.put(ones(ROWS * LONG)), ROWS, LONG);
    byte[] factors = Card.vector(card.put(ones(LONG)));
    Arguments arguments = new Arguments().add(x).add(Card.rows(0, 0, 0)).add(factors).add(factors);
    arguments.add(1e-3).add(0L).add(card.empty(ROWS * LONG)).add(card.empty(ROWS));
    arguments.add(card.empty(ROWS)).add(ROWS).add(LONG);
    card.launch("layer_norm_f32", Dim3.of(ROWS), Dim3.of(256), arguments);
  }

  /** Without it, a warp that is ahead puts its second sum where others still read the first. */
  @Test
  void theBarrierBeforeThePartialSumsAreUsedAgain() {
    layerNorm(Card.of("layer_norm", 80));
    String text = PtxKernels.text("layer_norm", 80);
    int kernel = text.indexOf(".entry layer_norm_f32(");
    int first = text.indexOf("bar.sync", kernel);
    int third = text.indexOf("bar.sync", text.indexOf("bar.sync", first + 1) + 1);
    String without = text.substring(0, third) + text.substring(text.indexOf(';', third) + 1);
    assertCaught("race: writes shared memory", () -> layerNorm(Card.running(without)));
  }

  private static void product(Card card, String kernel, int tile, Dim3 threads) {
    int size = 128;
    long a = card.put(ones(size * size));
    long b = card.put(ones(size * size));
    byte[] product = Card.product(a, b, card.empty(size * size), size, size, size);
    int blocks = size / tile * (size / tile);
    card.launch(kernel, Dim3.of(blocks), threads, new Arguments().add(product));
  }

  private static void tiled(Card card) {
    product(card, "matmul_f32", 64, new Dim3(16, 16, 1));
  }

  /** The text without the n-th barrier of a kernel, from 0. */
  private static String withoutBarrier(String module, String kernel, int n) {
    String text = PtxKernels.text(module, 80);
    int at = text.indexOf(".entry " + kernel + "(");
    for (int i = 0; i <= n; i++) {
      at = text.indexOf("bar.sync", at + 1);
    }
    return text.substring(0, at) + text.substring(text.indexOf(';', at) + 1);
  }

  @Test
  void theBarrierBeforeATileIsOverwritten() {
    tiled(Card.of("matmul", 80));
    String without = withoutBarrier("matmul", "matmul_f32", 1);
    assertCaught("race: writes shared memory", () -> tiled(Card.running(without)));
  }

  /** With two buffers one barrier a step is enough; with none it is not. */
  @Test
  void theOneBarrierOfAStepWithTwoBuffers() {
    Dim3 threads = new Dim3(16, 16, 1);
    product(Card.of("matmul", 80), "matmul_wide_nn", 128, threads);
    String without = withoutBarrier("matmul", "matmul_wide_nn", 0);
    assertCaught(
        "race: reads shared memory",
        () -> product(Card.running(without), "matmul_wide_nn", 128, threads));
  }

  private static void softmax(Card card) {
    byte[] x = Card.rows(card.put(ones(ROWS * N)), ROWS, N);
    Arguments arguments = new Arguments().add(x).add(card.empty(ROWS * N)).add(ROWS).add(N);
    card.launch("softmax_f32", Dim3.of(1), new Dim3(32, ROWS, 1), arguments);
  }

  @Test
  void aShuffleWhoseMaskNamesHalfTheWarp() {
    softmax(Card.of("softmax", 80));
    String text = PtxKernels.text("softmax", 80);
    int line = text.indexOf("shfl.sync", text.indexOf(".entry softmax_f32("));
    int end = text.indexOf(';', line);
    String wrong = text.substring(0, text.lastIndexOf(',', end)) + ", 65535" + text.substring(end);
    assertCaught("the mask names lanes 0000ffff", () -> softmax(Card.running(wrong)));
  }

  /** A barrier in one branch only: threads of a warp that have taken the other never come. */
  @Test
  void aBarrierThatNotAllThreadsReach() {
    String guarded =
        "{ .reg .pred %odd; .reg .b32 %t; mov.u32 %t, %tid.x; and.b32 %t, %t, 1;"
            + " setp.eq.u32 %odd, %t, 0; @%odd bar.sync 0; }";
    assertCaught(
        "barrier divergence: lanes 55555555",
        () -> columnSums(Card.changed("reduce", "sum_f32_columns", "bar.sync \t0;", guarded)));
  }

  @Test
  void aPointerThatIsNotAlignedForSixteenBytes() {
    Card card = Card.of("unary", 80);
    Arguments arguments =
        new Arguments().add(card.put(ones(101)) + 4).add(card.empty(100)).add(100);
    assertCaught("misaligned: 16 bytes", () -> card.launch("relu_dense", 1, 128, arguments));
  }
}
