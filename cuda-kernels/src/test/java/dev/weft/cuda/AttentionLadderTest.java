package dev.weft.cuda;

import static dev.weft.cuda.OnMachine.exact;
import static dev.weft.cuda.OnMachine.result;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Counters;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.HeapStorage;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Attention on tensor cores, which the contract does not reach, against the reference in F64. */
class AttentionLadderTest {
  private static final RandomKey KEY = new RandomKey(0x9E37_79B9_7F4A_7C15L, 3);

  /** BF16 keeps 8 digits of a factor; numbers are of the size of 1. */
  private static final double BF16 = 0x1p-8;

  private final ReferenceBackend reference = new ReferenceBackend();

  /** batch, heads, queries, keys, columns of a head, columns of a value. */
  private static final int[][] EXTENTS = {
    {1, 2, 3, 40, 8, 5}, {2, 2, 70, 45, 20, 33}, {1, 1, 130, 130, 64, 64}
  };

  /** The operands, on the machine and exactly; heads lie inside the positions. */
  private record Operands(OnMachine on, int[] e) {
    Tensor[] pair(int rows, int columns) {
      int[] dims = {e[0], rows, e[1], columns};
      float[] values = on.normal(Shape.of(dims).numel());
      return new Tensor[] {
        on.put(values, dims).transpose(1, 2), exact(values, dims).transpose(1, 2)
      };
    }

    /** Every key up to the query's own place. */
    Tensor[] causal() {
      byte[] bytes = new byte[e[2] * e[3]];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (i % e[3] <= i / e[3] ? 1 : 0);
      }
      Shape shape = Shape.of(1, 1, e[2], e[3]);
      Tensor mask = Tensor.over(on.memory.take(DType.BOOL, bytes.length), shape, 0);
      on.gpu.upload(MemorySegment.ofArray(bytes), CudaStorage.address(mask));
      return new Tensor[] {mask, Tensor.over(HeapStorage.of(DType.BOOL, bytes), shape, 0)};
    }
  }

  private static void assertNear(Tensor expected, float[] actual, double tolerance, String what) {
    double[] wanted = expected.toDoubles();
    assertEquals(wanted.length, actual.length);
    double error = 0;
    double size = 0;
    for (int i = 0; i < wanted.length; i++) {
      if (Double.isInfinite(wanted[i])) {
        assertEquals((float) wanted[i], actual[i]);
        continue;
      }
      error += (wanted[i] - actual[i]) * (wanted[i] - actual[i]);
      size += wanted[i] * wanted[i];
    }
    String text = "%s: error %.3g of %.3g".formatted(what, Math.sqrt(error), Math.sqrt(size));
    assertTrue(Math.sqrt(error) <= tolerance * Math.sqrt(size) + 1e-6, text);
  }

  /** Results of one run: output, logSumExp, dq, dk, dv. */
  private static List<float[]> run(OnMachine on, AttentionInputs in, Tensor g, int[] e) {
    CudaAttention attention = new CudaAttention(on.gpu, on.memory);
    Tensor out = on.empty(e[0], e[2], e[1], e[5]).transpose(1, 2);
    Tensor logs = on.empty(e[0], e[1], e[2]);
    attention.attention(MatmulPrecision.BF16, in, out, logs);
    Tensor dq = on.empty(e[0], e[1], e[2], e[4]);
    Tensor dk = on.empty(e[0], e[1], e[3], e[4]);
    Tensor dv = on.empty(e[0], e[1], e[3], e[5]);
    attention.attentionBackward(
        MatmulPrecision.BF16, in, new AttentionOps.Result(out, logs), g, dq, dk, dv);
    List<float[]> results = new ArrayList<>();
    results.add(on.floats(out.transpose(1, 2)));
    for (Tensor x : new Tensor[] {logs, dq, dk, dv}) {
      results.add(on.floats(x));
    }
    return results;
  }

  @Test
  void onTensorCores() {
    for (int[] e : EXTENTS) {
      for (int form = 0; form < (e[2] == 70 ? 4 : 2); form++) {
        check(new OnMachine(80), e, (form & 1) != 0, (form & 2) != 0);
      }
    }
  }

  /** Heads of more than 64 columns, up to 128, and values of fewer or more than heads. */
  @Test
  void wideHeads() {
    check(new OnMachine(80), new int[] {1, 1, 70, 40, 128, 128}, true, false);
    check(new OnMachine(80), new int[] {1, 2, 9, 20, 72, 30}, false, true);
    check(new OnMachine(80), new int[] {1, 1, 5, 7, 16, 101}, false, false);
  }

  /** Beyond that the tiles of F32 take over. */
  @Test
  void widerHeadsGoAnotherWay() {
    check(new OnMachine(80), new int[] {1, 1, 5, 7, 130, 16}, false, false);
  }

  private void check(OnMachine on, int[] e, boolean causal, boolean drops) {
    Operands operands = new Operands(on, e);
    Tensor[] q = operands.pair(e[2], e[4]);
    Tensor[] k = operands.pair(e[3], e[4]);
    Tensor[] v = operands.pair(e[3], e[5]);
    Tensor[] g = operands.pair(e[2], e[5]);
    Tensor[] mask = causal ? operands.causal() : new Tensor[2];
    double scale = 1 / Math.sqrt(e[4]);
    RandomKey key = drops ? KEY : null;
    List<float[]> results =
        run(on, new AttentionInputs(q[0], k[0], v[0], mask[0], scale, 0.3, key), g[0], e);

    AttentionInputs in = new AttentionInputs(q[1], k[1], v[1], mask[1], scale, 0.3, key);
    Tensor out = result(e[0], e[2], e[1], e[5]).transpose(1, 2);
    Tensor[] wanted = {
      out,
      result(e[0], e[1], e[2]),
      result(e[0], e[1], e[2], e[4]),
      result(e[0], e[1], e[3], e[4]),
      result(e[0], e[1], e[3], e[5])
    };
    reference.attention(in, out, wanted[1]);
    reference.attentionBackward(
        in, new AttentionOps.Result(out, wanted[1]), g[1], wanted[2], wanted[3], wanted[4]);
    wanted[0] = out.transpose(1, 2);
    String what = String.join(" ", causal ? "causal" : "all", drops ? "with dropout" : "");
    for (int i = 0; i < 5; i++) {
      assertNear(wanted[i], results.get(i), 2 * BF16, what + " result " + i + " of " + e[2]);
    }
  }

  @Test
  void theBitsAreTheSameEachTime() {
    OnMachine on = new OnMachine(80);
    int[] e = {1, 2, 70, 70, 16, 16};
    Operands operands = new Operands(on, e);
    Tensor[] x = {
      operands.pair(70, 16)[0], operands.pair(70, 16)[0], operands.pair(70, 16)[0],
    };
    AttentionInputs in = new AttentionInputs(x[0], x[1], x[2], null, 0.25, 0.1, KEY);
    List<float[]> first = run(on, in, x[2], e);
    List<float[]> second = run(on, in, x[2], e);
    for (int i = 0; i < 5; i++) {
      assertArrayEquals(first.get(i), second.get(i));
    }
  }

  // ---- What each rung saves ------------------------------------------------------------------

  private static final int SEQ = 64;
  private static final int WIDTH = 64;

  private Counters counters(MatmulPrecision precision, float[][] values, Tensor expected) {
    Counters counters = new Counters(true);
    OnMachine on = OnMachine.counting(counters);
    int[] dims = {1, 1, SEQ, WIDTH};
    Tensor out = on.empty(dims);
    AttentionInputs in =
        new AttentionInputs(
            on.put(values[0], dims),
            on.put(values[1], dims),
            on.put(values[2], dims),
            null,
            0.125,
            0,
            null);
    new CudaAttention(on.gpu, on.memory).attention(precision, in, out, on.empty(1, 1, SEQ));
    assertNear(expected, on.floats(out), 2 * BF16, precision.toString());
    return counters;
  }

  private Counters plain(float[][] values, Tensor expected) {
    Card card = Card.of("attention", 80);
    long out = card.empty(SEQ * WIDTH);
    Arguments arguments = new Arguments();
    for (float[] operand : values) {
      arguments.add(card.put(operand));
    }
    arguments.add(out).add(1).add(SEQ).add(SEQ).add(WIDTH).add(0.125f);
    card.launch("attention_plain", new Dim3(1, SEQ, 1), Dim3.of(WIDTH), arguments);
    assertNear(expected, card.floats(out, SEQ * WIDTH), 1e-5, "plain");
    return card.counters();
  }

  @Test
  void eachRungAsksLessOfMemory() {
    OnMachine on = new OnMachine(80);
    int[] dims = {1, 1, SEQ, WIDTH};
    float[][] values = {
      on.normal(SEQ * WIDTH), on.normal(SEQ * WIDTH), on.normal(SEQ * WIDTH),
    };
    Tensor expected = result(dims);
    AttentionInputs in =
        new AttentionInputs(
            exact(values[0], dims),
            exact(values[1], dims),
            exact(values[2], dims),
            null,
            0.125,
            0,
            null);
    reference.attention(in, expected, result(1, 1, SEQ));
    Counters plain = plain(values, expected);
    Counters tiled = counters(MatmulPrecision.FLOAT32, values, expected);
    Counters tensor = counters(MatmulPrecision.BF16, values, expected);
    assertTrue(500 * tiled.globalSectors() < plain.globalSectors(), plain + "\n" + tiled);
    assertTrue(3 * tensor.sharedRequests() < tiled.sharedRequests(), tiled + "\n" + tensor);
    assertEquals(tensor.sharedRequests(), tensor.sharedWavefronts(), "no bank conflicts");
  }
}
