package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.Device;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the contract shows for compute capability 8.0 holds for the others: their PTX has the same
 * instructions, but for the kernels of tensor cores, which 7.5 has none of. {@code
 * -Dweft.cuda=machine:75} and {@code machine:90} run the contract itself there.
 */
class GenerationsTest {
  private static final Set<String> OF_TENSOR_CORES =
      Set.of("attention_tensor", "attention_tensor_backward", "matmul_half", "matmul_tensor");

  /** A module's text without what it says of PTX version and target. */
  private static String instructions(String module, int capability) {
    return PtxKernels.text(module, capability)
        .lines()
        .filter(line -> !line.startsWith(".version") && !line.startsWith(".target"))
        .collect(Collectors.joining("\n"));
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 90})
  void theInstructionsAreThoseThatTheContractRuns(int capability) {
    for (String module : PtxKernels.MODULES) {
      if (capability == 75 && OF_TENSOR_CORES.contains(module)) {
        assertFalse(instructions(module, capability).contains(".entry"), module);
      } else {
        boolean same = instructions(module, capability).equals(instructions(module, 80));
        assertTrue(same, module + ": the contract must run for " + capability + " too");
      }
    }
  }

  private static String name(int capability, MatmulPrecision precision) {
    return new CudaBackend(new MachineGpu(capability, 1 << 20), Device.cuda(0), precision).name();
  }

  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  void aDeviceWithoutTheTypeSaysWhatItComputesIn(MatmulPrecision precision) {
    assertEquals("cuda (PTX machine, products in " + precision + ")", name(80, precision));
    String old = name(75, precision);
    assertTrue(old.contains("products in FLOAT32"), old);
    assertTrue(old.contains("7.5 has no " + precision), old);
  }
}
