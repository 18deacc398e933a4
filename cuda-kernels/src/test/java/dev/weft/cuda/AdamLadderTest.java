package dev.weft.cuda;

import static dev.weft.cuda.Ladder.ROUNDOFF;
import static dev.weft.cuda.Ladder.assertClose;
import static dev.weft.cuda.Ladder.exact;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.PtxException;
import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.AdamSlot;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adam and AdamW: a launch for each tensor, and one for all with the same bits. */
class AdamLadderTest {
  private final ReferenceBackend reference = new ReferenceBackend();

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void oneTensorALaunchOrAllInOne(int capability) {
    check(capability, new AdamOptions(1e-2, 0.9, 0.99, 1e-6, 0.1, true, 3));
    check(capability, new AdamOptions(1e-2, 0.9, 0.99, 1e-6, 0.1, false, 3));
  }

  private void check(AdamOptions options, OnMachine machine, CudaAdam adam, int[] lengths) {
    List<AdamSlot> slots = new ArrayList<>();
    float[][] first = new float[lengths.length][];
    for (int t = 0; t < lengths.length; t++) {
      int n = lengths[t];
      float[][] values = {
        machine.normal(n), machine.normal(n), machine.normal(n), machine.normal(n)
      };
      for (int i = 0; i < n; i++) {
        values[3][i] = Math.abs(values[3][i]);
      }
      Tensor expected = exact(values[0], n);
      Tensor gradient = exact(values[1], n);
      reference.adamStep(options, expected, gradient, exact(values[2], n), exact(values[3], n));
      AdamSlot alone = slot(machine, values);
      adam.adamStep(options, alone.weight(), alone.gradient(), alone.m(), alone.v());
      first[t] = machine.floats(alone.weight());
      assertClose(expected, first[t], 64 * ROUNDOFF, "a tensor alone");
      slots.add(slot(machine, values));
    }
    Tensor one = machine.doubles(1);
    adam.adamSteps(options, slots, machine.doubles(Double.NaN));
    adam.adamSteps(options, slots, one);
    adam.adamSteps(options, List.of(), one);
    for (int t = 0; t < lengths.length; t++) {
      assertArrayEquals(first[t], machine.floats(slots.get(t).weight()), "one launch");
    }
  }

  private void check(int capability, AdamOptions options) {
    OnMachine machine = new OnMachine(capability);
    CudaAdam adam = new CudaAdam(machine.gpu, machine.memory);
    check(options, machine, adam, new int[] {5, 1024, 1, 2051});
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void theSquaresOfAll(int capability) {
    OnMachine machine = new OnMachine(capability);
    CudaAdam adam = new CudaAdam(machine.gpu, machine.memory);
    List<Tensor> tensors = new ArrayList<>();
    double expected = 0;
    for (int n : new int[] {5, 4096, 1, 4100}) {
      float[] values = machine.normal(n);
      tensors.add(machine.put(values, n));
      double own = 0;
      for (float value : values) {
        own += (double) value * value;
      }
      expected += own;
      Card card = Card.of("sum_of_squares", capability);
      long sum = card.empty(2);
      Arguments arguments = new Arguments().add(card.put(values)).add((long) n).add(sum);
      card.launch("sum_of_squares_plain", 1, 256, arguments);
      double found = ByteBuffer.wrap(card.bytes(sum, 8)).order(LITTLE_ENDIAN).getDouble();
      assertEquals(own, found, 16 * ROUNDOFF * own, "a tensor alone");
    }
    tensors.add(2, machine.doubles(3, 4));
    Tensor out = machine.doubles(0);
    adam.sumOfSquares(tensors, out);
    assertEquals(expected + 25, machine.first(out), 16 * ROUNDOFF * expected);
    adam.sumOfSquares(List.of(), out);
    assertEquals(0, machine.first(out));
  }

  /** Turned round, the search takes a tensor that the block is not for. */
  @Test
  void aComparisonTurnedRoundInTheSearch() {
    OnMachine machine = new OnMachine(80);
    float[] values = machine.normal(5);
    AdamOptions options = new AdamOptions(1e-2, 0.9, 0.99, 1e-6, 0.1, true, 3);
    Card card = Card.changed("adam", "adam_all_f32", "setp.le.s32", "setp.ge.s32");
    byte[] parameter =
        ByteBuffer.allocate(80)
            .order(LITTLE_ENDIAN)
            .putLong(card.put(values))
            .putLong(card.put(values))
            .putLong(card.put(values))
            .putLong(card.put(values))
            .putLong(5)
            .putLong(72, 5)
            .array();
    Arguments arguments = new Arguments().add(card.put(parameter));
    arguments.add(card.put(new int[] {0, 1})).add(2).add(card.put(new float[] {0, 1.875f}));
    arguments.add(CudaAdam.step(options, DType.F32));
    assertThrows(PtxException.class, () -> card.launch("adam_all_f32", 1, 256, arguments));
  }

  private static AdamSlot slot(OnMachine machine, float[][] values) {
    int n = values[0].length;
    return new AdamSlot(
        machine.put(values[0], n),
        machine.put(values[1], n),
        machine.put(values[2], n),
        machine.put(values[3], n));
  }
}
