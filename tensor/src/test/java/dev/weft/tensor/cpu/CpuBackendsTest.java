package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.tensor.Device;
import dev.weft.tensor.TensorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CpuBackendsTest {
  private final String before = System.getProperty(CpuBackends.PROPERTY);

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(CpuBackends.PROPERTY);
    } else {
      System.setProperty(CpuBackends.PROPERTY, before);
    }
  }

  private static String chosen(String name) {
    System.setProperty(CpuBackends.PROPERTY, name);
    return CpuBackends.choose().name();
  }

  @Test
  void theNamedBackendIsChosen() {
    assertEquals("cpu-reference", chosen("reference"));
    assertEquals("cpu-plain", chosen("plain"));
    assertEquals(Device.CPU, CpuBackends.choose().device());
  }

  @Test
  void withoutANameTheFastestIsChosen() {
    System.clearProperty(CpuBackends.PROPERTY);
    String fastest = CpuBackends.hasVectorModule() ? "cpu-simd" : "cpu-plain";
    assertEquals(fastest, CpuBackends.choose().name());
  }

  @Test
  void anUnknownNameIsRefused() {
    assertEquals(
        "-Dweft.backend=fast: unknown backend; known: reference, plain, simd",
        assertThrows(TensorException.class, () -> chosen("fast")).getMessage());
  }
}
