package dev.weft.cuda;

import static dev.weft.cuda.Ladder.ROUNDOFF;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Counters;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.cuda.ptx.PtxException;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cross-entropy's three versions beside its definition, and what each asks of memory. */
class CrossEntropyLadderTest {
  private static final String[] VERSIONS = {"_plain", "_f32", "_by_16_bytes"};

  /** Losses, then scales, then what became of the logits. */
  private record Outcome(float[] losses, float[] scales, float[] slopes, Counters counters) {}

  private static Outcome run(Card card, int version, float[] logits, int[] targets) {
    int rows = targets.length;
    int n = logits.length / rows;
    long x = card.put(logits);
    long losses = card.empty(rows);
    long scales = card.empty(rows);
    Arguments arguments = new Arguments().add(x).add(card.put(targets)).add(losses).add(scales);
    String kernel = "cross_entropy" + VERSIONS[version];
    Dim3 grid = Dim3.of(version == 0 ? (rows + 31) / 32 : (rows + 3) / 4);
    Dim3 threads = version == 0 ? Dim3.of(32) : new Dim3(32, 4, 1);
    card.launch(kernel, grid, threads, arguments.add(rows).add(n));
    return new Outcome(
        card.floats(losses, rows),
        card.floats(scales, rows),
        card.floats(x, rows * n),
        card.counters());
  }

  private static void check(Outcome outcome, float[] logits, int[] targets, String what) {
    int n = logits.length / targets.length;
    for (int row = 0; row < targets.length; row++) {
      double sum = 0;
      for (int j = 0; j < n; j++) {
        sum += Math.exp(logits[row * n + j]);
      }
      int t = targets[row];
      double right = logits[row * n + t];
      assertEquals(Math.log(sum) - right, outcome.losses[row], 64 * ROUNDOFF, what);
      for (int j = 0; j < n; j++) {
        double slope = Math.exp(logits[row * n + j]) / sum - (j == t ? 1 : 0);
        double found = (double) outcome.scales[row] * outcome.slopes[row * n + j];
        assertEquals(slope, found, 64 * ROUNDOFF, what + ", row " + row + ", class " + j);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void eachVersion(int capability) {
    for (int n : new int[] {4, 52, 400}) {
      Ladder ladder = new Ladder(n);
      float[] logits = ladder.normal(6 * n);
      int[] targets = ladder.below(n, 6);
      for (int version = 0; version < 3; version++) {
        Card card = Card.of("cross_entropy", capability);
        check(run(card, version, logits, targets), logits, targets, VERSIONS[version] + n);
      }
    }
  }

  /** What docs/gpu.md says of them. */
  @Test
  void eachReadsLess() {
    float[] logits = new Ladder(1).normal(32 * 512);
    int[] targets = new Ladder(2).below(512, 32);
    String[] expected = new String[3];
    for (int version = 0; version < 3; version++) {
      Counters counters = run(Card.of("cross_entropy", 80), version, logits, targets).counters;
      expected[version] = counters.globalRequests() + " " + counters.globalSectors();
    }
    // Requests to global memory and the sectors they touched; the logits alone are 2,048.
    assertArrayEquals(new String[] {"2052 65484", "1664 6272", "384 4224"}, expected);
  }

  @Test
  void anOffByOneInTheRows() {
    float[] logits = new Ladder(3).normal(5 * 8);
    Card off = Card.changed("cross_entropy", "cross_entropy_plain", "setp.ge.s32", "setp.gt.s32");
    assertThrows(PtxException.class, () -> run(off, 0, logits, new int[5]));
  }

  /** The comparison finds it: the right class counted among the wrong ones. */
  @Test
  void aRightClassThatIsNotSetApart() {
    float[] logits = {1, 2, 3, 4};
    Outcome right = run(Card.of("cross_entropy", 80), 1, logits, new int[] {2});
    check(right, logits, new int[] {2}, "as it ships");
    Card off = Card.changed("cross_entropy", "cross_entropy_f32", "setp.eq.s32", "setp.ne.s32");
    Outcome wrong = run(off, 1, logits, new int[] {2});
    assertNotEquals(right.losses[0], wrong.losses[0], 0.1f);
  }

  @Test
  void wrongTargetsAreAnErrorAndKnownOnesAreNotAskedFor() {
    OnMachine machine = new OnMachine(80);
    CountedGpu gpu = new CountedGpu(machine.gpu);
    CudaMemory memory = machine.memory;
    CudaCrossEntropy entropy = new CudaCrossEntropy(gpu, new CudaLookup(gpu, memory));
    Tensor logits = machine.put(new float[12], 2, 6);
    Tensor targets = Tensor.over(memory.take(DType.I32, 2), Shape.of(2), 0);
    new CudaElements(gpu, memory).fill(targets, 6);
    Tensor numbers = machine.empty(2);
    TensorException refused =
        assertThrows(
            TensorException.class,
            () -> entropy.crossEntropy(logits, targets, numbers, machine.empty(2)));
    assertEquals("crossEntropy: index 6 is outside a table of 6 rows", refused.getMessage());
    Traffic before = gpu.traffic();
    IndexRange.wroteBelow(targets, 6);
    new CudaElements(gpu, memory).fill(targets, 1);
    IndexRange.wroteBelow(targets, 6);
    entropy.crossEntropy(logits, targets, numbers, machine.empty(2));
    assertEquals(0, gpu.traffic().since(before).downloads());
    assertEquals(Math.log(6), machine.floats(numbers)[0], 1e-6);
  }
}
