package dev.weft.cuda;

import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import java.util.Random;

/**
 * What {@link StandInCublasTest} runs in a process of its own, whose driver and cuBLAS are the
 * stand-ins: the last line on standard output says how it went.
 */
final class StandInCublasMain {
  private static final double F32 = 0x1p-24;
  private static final double BF16 = 0x1p-8;

  private StandInCublasMain() {}

  /** Types of a, b and the result, a precision, and the roundoff that goes with it. */
  private record Kind(DType factors, DType result, MatmulPrecision precision, double roundoff) {}

  private static final Kind[] KINDS = {
    new Kind(DType.F32, DType.F32, MatmulPrecision.FLOAT32, F32),
    new Kind(DType.F32, DType.F32, MatmulPrecision.TF32, 0x1p-11),
    new Kind(DType.F32, DType.F32, MatmulPrecision.BF16, BF16),
    new Kind(DType.F64, DType.F64, MatmulPrecision.TF32, 0x1p-53),
    new Kind(DType.BF16, DType.F32, MatmulPrecision.BF16, F32),
    new Kind(DType.BF16, DType.BF16, MatmulPrecision.FLOAT32, BF16),
    new Kind(DType.F16, DType.F32, MatmulPrecision.FLOAT32, F32),
    new Kind(DType.F16, DType.F16, MatmulPrecision.FLOAT32, 0x1p-11),
  };

  /** The scenario's name. */
  public static void main(String[] args) {
    try {
      System.out.println(
          switch (args[0]) {
            case "products" -> products();
            case "which" -> ((CudaBackend) Backends.of(Device.cuda(0))).products();
            case "close" -> close();
            default -> "unknown scenario";
          });
    } catch (CudaException e) {
      System.out.println("CudaException: " + e.getMessage());
    }
  }

  private static String products() {
    JcudaGpu gpu = JcudaGpu.open(0);
    Random random = new Random(5);
    int made = 0;
    for (Kind kind : KINDS) {
      CudaBackend backend =
          new CudaBackend(gpu, Device.cuda(0), kind.precision, ProductsChoice.CUBLAS);
      for (int i = 0; i < 60; i++) {
        RandomProduct product =
            new RandomProduct(random, backend, kind.factors, kind.factors, kind.result, 20, false);
        backend.matmul(product.a(), product.b(), product.tail(), product.out());
        double error = product.error(kind.roundoff);
        if (error > 4) {
          return kind + ": " + product + ": error " + error;
        }
        made++;
      }
    }
    return made + " products agree";
  }

  private static String close() {
    JcudaGpu gpu = JcudaGpu.open(0);
    String opened = gpu.openProducts().version();
    gpu.close();
    return opened;
  }
}
