package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.HeapStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The precision of a backend's products reaches its kernels, and F64 stays as it is. */
class PrecisionTest {
  private static final int N = 64;

  /**
   * A quarter of the last digit after 1: 2⁻²³, 2⁻¹⁰ and 2⁻⁷ are the distances to the next number.
   */
  private static double step(MatmulPrecision precision) {
    return switch (precision) {
      case FLOAT32 -> 0x1p-25;
      case TF32 -> 0x1p-12;
      case BF16 -> 0x1p-9;
    };
  }

  private static CudaBackend backend(MatmulPrecision precision) {
    return new CudaBackend(new MachineGpu(80, 1 << 28), Device.cuda(0), precision);
  }

  private static Tensor repeated(CudaBackend on, DType dtype, double value, int... dims) {
    Shape shape = Shape.of(dims);
    Tensor tensor = Tensor.over(on.allocate(dtype, shape.numel(), false), shape, 0);
    on.fill(tensor, value);
    return tensor;
  }

  private static double first(CudaBackend on, Tensor tensor) {
    HeapStorage host = on.download(tensor);
    return host.get(0);
  }

  private static double product(MatmulPrecision precision, DType dtype, double factor) {
    CudaBackend on = backend(precision);
    Tensor out = repeated(on, dtype, 0, N, N);
    Tensor a = repeated(on, dtype, factor, N, N);
    on.matmul(a, repeated(on, dtype, 1, N, N), MatmulTail.NONE, out);
    return first(on, out) / N;
  }

  private static double attended(MatmulPrecision precision, double value) {
    CudaBackend on = backend(precision);
    Tensor q = repeated(on, DType.F32, 1, 1, 1, N, N);
    Tensor v = repeated(on, DType.F32, value, 1, 1, N, N);
    Tensor out = repeated(on, DType.F32, 0, 1, 1, N, N);
    Tensor logs = repeated(on, DType.F32, 0, 1, 1, N);
    on.attention(new AttentionInputs(q, q, v, null, 0.125, 0, null), out, logs);
    return first(on, out);
  }

  @ParameterizedTest
  @EnumSource
  void productsKeepSoManyDigits(MatmulPrecision precision) {
    double step = step(precision);
    assertEquals(1, product(precision, DType.F32, 1 + step), "a quarter of a digit is lost");
    assertEquals(1 + 4 * step, product(precision, DType.F32, 1 + 4 * step), "a digit is kept");
    assertEquals(1 + step, product(precision, DType.F64, 1 + step), "F64");
  }

  @Test
  void attentionRoundsInBf16Only() {
    double step = step(MatmulPrecision.BF16);
    assertEquals(1, attended(MatmulPrecision.BF16, 1 + step));
    assertEquals(1 + step, attended(MatmulPrecision.TF32, 1 + step), 0x1p-20);
    assertEquals(1 + step, attended(MatmulPrecision.FLOAT32, 1 + step), 0x1p-20);
  }

  @Test
  void theNameTells() {
    assertEquals("cuda (PTX machine)", backend(MatmulPrecision.FLOAT32).name());
    assertTrue(backend(MatmulPrecision.TF32).name().contains("TF32"));
  }

  @Test
  void unknownPrecisionIsRefused() {
    String before = System.getProperty(CudaProvider.PROPERTY);
    System.setProperty(CudaProvider.PROPERTY, "machine");
    System.setProperty(CudaProvider.PRECISION_PROPERTY, "half");
    try {
      CudaException refused =
          assertThrows(CudaException.class, () -> new CudaProvider().backendFor(Device.cuda(0)));
      assertTrue(refused.getMessage().contains("float32, tf32, bf16"), refused.getMessage());
    } finally {
      System.clearProperty(CudaProvider.PRECISION_PROPERTY);
      if (before == null) {
        System.clearProperty(CudaProvider.PROPERTY);
      } else {
        System.setProperty(CudaProvider.PROPERTY, before);
      }
    }
  }
}
