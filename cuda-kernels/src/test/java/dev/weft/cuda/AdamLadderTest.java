package dev.weft.cuda;

import static dev.weft.cuda.Ladder.ROUNDOFF;
import static dev.weft.cuda.Ladder.assertClose;
import static dev.weft.cuda.Ladder.exact;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.util.ArrayList;
import java.util.List;
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
    List<CudaAdam.Slot> slots = new ArrayList<>();
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
      CudaAdam.Slot alone = slot(machine, values);
      adam.adamStep(options, alone.weight(), alone.gradient(), alone.m(), alone.v());
      first[t] = machine.floats(alone.weight());
      assertClose(expected, first[t], 64 * ROUNDOFF, "a tensor alone");
      slots.add(slot(machine, values));
    }
    adam.adamSteps(options, slots);
    for (int t = 0; t < lengths.length; t++) {
      assertArrayEquals(first[t], machine.floats(slots.get(t).weight()), "one launch");
    }
  }

  private void check(int capability, AdamOptions options) {
    OnMachine machine = new OnMachine(capability);
    CudaAdam adam = new CudaAdam(machine.gpu, machine.memory);
    check(options, machine, adam, new int[] {5, 1024, 1, 2051});
    adam.adamSteps(options, List.of());
  }

  private static CudaAdam.Slot slot(OnMachine machine, float[][] values) {
    int n = values[0].length;
    return new CudaAdam.Slot(
        machine.put(values[0], n),
        machine.put(values[1], n),
        machine.put(values[2], n),
        machine.put(values[3], n));
  }
}
