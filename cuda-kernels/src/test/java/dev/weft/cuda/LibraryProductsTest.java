package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What goes to the library and what goes on around it: conversions, bias and activation, and what
 * it has no words for. The machine stands in for the library.
 */
class LibraryProductsTest {
  private static final double F32 = 0x1p-24;
  private static final double TF32 = 0x1p-11;
  private static final double BF16 = 0x1p-8;

  private final Random random = new Random(9);
  private final MachineGpu gpu = new MachineGpu(80, 1L << 28);
  private final CudaBackend backend =
      new CudaBackend(gpu, Device.cuda(0), MatmulPrecision.FLOAT32, ProductsChoice.CUBLAS);
  private final CudaMemory memory = new CudaMemory(gpu, Device.cuda(0));
  private final LibraryProducts library = new LibraryProducts(gpu, memory);

  private void check(
      MatmulPrecision precision, DType a, DType b, DType out, int most, double roundoff) {
    for (int i = 0; i < 25; i++) {
      RandomProduct product = new RandomProduct(random, backend, a, b, out, most, true);
      boolean isMade =
          library.multiply(precision, product.a(), product.b(), product.tail(), product.out());
      if (isMade) {
        double error = product.error(roundoff);
        assertTrue(error < 4, precision + " " + product + ": " + error);
      } else {
        int rows = product.out().numel() / product.b().dim(-1);
        assertTrue(a != b && rows < LibraryProducts.ROWS_WORTH_WIDENING, product.toString());
      }
      assertEquals(0, memory.use().loanedBytes());
    }
  }

  @Test
  void biasAndActivationFollow() {
    check(MatmulPrecision.FLOAT32, DType.F32, DType.F32, DType.F32, 24, F32);
    check(MatmulPrecision.TF32, DType.F32, DType.F32, DType.F32, 24, TF32);
    check(MatmulPrecision.BF16, DType.F32, DType.F32, DType.F32, 24, BF16);
    check(MatmulPrecision.BF16, DType.F64, DType.F64, DType.F64, 24, 0x1p-50);
  }

  @Test
  void weightsOfHalfPrecision() {
    for (DType half : new DType[] {DType.F16, DType.BF16}) {
      check(MatmulPrecision.FLOAT32, DType.F32, half, DType.F32, 80, F32);
      check(MatmulPrecision.TF32, DType.F32, half, DType.F32, 80, TF32);
      check(MatmulPrecision.BF16, DType.F32, half, DType.F32, 80, BF16);
    }
  }

  @Test
  void bothFactorsInHalfPrecision() {
    check(MatmulPrecision.FLOAT32, DType.BF16, DType.BF16, DType.F32, 24, F32);
    check(MatmulPrecision.FLOAT32, DType.F16, DType.F16, DType.F32, 24, F32);
  }

  private Tensor zeros(int... dims) {
    Shape shape = Shape.of(dims);
    Tensor tensor = Tensor.over(backend.allocate(DType.F32, shape.numel(), false), shape, 0);
    backend.fill(tensor, 0);
    return tensor;
  }

  private boolean isMade(Tensor a, Tensor b) {
    Tensor out = zeros(a.shape().with(-1, b.dim(-1)).dims());
    return library.multiply(MatmulPrecision.FLOAT32, a, b, MatmulTail.NONE, out);
  }

  @Test
  void whatItHasNoWordsForIsLeftToOurKernels() {
    Tensor whole = zeros(6, 8);
    assertTrue(isMade(whole, zeros(8, 4)));
    assertTrue(isMade(whole.slice(1, 2, 5), zeros(3, 4)));
    Tensor gaps = zeros(6, 8, 2).select(2, 0);
    assertFalse(isMade(gaps, zeros(8, 4)), "no neighbours either way");
    Tensor stretched = zeros(1, 8).expand(Shape.of(6, 8));
    assertFalse(isMade(stretched, zeros(8, 4)), "rows that overlap");
    assertTrue(isMade(zeros(6, 1), zeros(1, 4)), "one column");
    assertFalse(isMade(zeros(6, 0), zeros(0, 4)), "nothing to add up");
    Tensor manyAxes = zeros(20, 8, 17, 2).transpose(1, 2).transpose(0, 1);
    assertFalse(isMade(manyAxes, zeros(17, 20, 2, 3)), "17 calls and more");
  }

  @Test
  void ourKernelsTakeOver() {
    Tensor ones = zeros(6, 8, 2).select(2, 0);
    Tensor b = zeros(8, 4);
    backend.fill(b, 0.5);
    Tensor out = zeros(6, 4);
    backend.fill(out, 7);
    backend.matmul(ones, b, MatmulTail.NONE, out);
    assertEquals(0, backend.download(out).get(23));
  }
}
