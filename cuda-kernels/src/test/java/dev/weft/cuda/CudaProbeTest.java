package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CudaProbeTest {
  @Test
  void everyMachineGetsAnAnswer() {
    CudaProbe probe = CudaProbe.run();
    for (CudaLibrary library : List.of(probe.driver(), probe.cublas())) {
      assertEquals(library.found(), library.reason().isEmpty(), library.toString());
      assertEquals(library.found(), !library.version().isEmpty(), library.toString());
      assertEquals(1, library.reason().lines().count() + library.version().lines().count());
    }
    assertTrue(probe.driver().found() || probe.devices().isEmpty());
    assertSame(probe, CudaProbe.run());
  }

  @Test
  void theReasonIsTheFirstThingMissing() {
    CudaLibrary no = CudaLibrary.missing("not there");
    CudaLibrary yes = CudaLibrary.found("12.6");
    CudaDevice device = new CudaDevice(0, "card", 1L << 30, "9.0", 100);
    assertEquals("not there", new CudaProbe(no, List.of(), yes).reason());
    assertFalse(new CudaProbe(yes, List.of(), yes).reason().isEmpty());
    // Without cuBLAS, our own kernels multiply.
    assertEquals("", new CudaProbe(yes, List.of(device), no).reason());
    assertEquals("", new CudaProbe(yes, List.of(device), yes).reason());
  }

  @Test
  void theLinkersWordsBecomeOneSentence() {
    Throwable missing =
        new NoClassDefFoundError("Could not initialize class jcuda.driver.JCudaDriver")
            .initCause(
                new UnsatisfiedLinkError(
                    "Error while loading native library\n(nested)\n/tmp/libJCudaDriver.so:"
                        + " libcuda.so.1: cannot open shared object file: No such file"));
    assertEquals(
        "the NVIDIA driver is not installed: libcuda.so.1 was not found",
        LinkageReason.of("the NVIDIA driver", missing));
    Throwable foreign =
        new UnsatisfiedLinkError(
            "Error\njava.lang.NullPointerException: No resource found with name"
                + " '/lib/libJCublas2-12.6.0-linux-aarch64.so'");
    assertEquals(
        "cuBLAS cannot be asked: this platform has no JCuda library"
            + " libJCublas2-12.6.0-linux-aarch64.so",
        LinkageReason.of("cuBLAS", foreign));
    assertEquals(
        "cuBLAS cannot be asked: java.lang.IllegalStateException: cublasGetProperty: status 1",
        LinkageReason.of("cuBLAS", new IllegalStateException("cublasGetProperty: status 1")));
  }
}
