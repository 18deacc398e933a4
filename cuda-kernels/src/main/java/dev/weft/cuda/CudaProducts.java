package dev.weft.cuda;

import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Tensor;

/** Matrix products of a device: through cuBLAS where it can be used, else by our own kernels. */
final class CudaProducts {
  private static final System.Logger LOG = System.getLogger(CudaProducts.class.getName());
  private static final String OWN_KERNELS = "our own kernels";

  private final CudaMatmul own;
  private final LibraryProducts library;
  private final String description;

  /**
   * Opens what was chosen.
   *
   * @throws CudaException if cuBLAS is asked for and cannot be used
   */
  CudaProducts(Gpu gpu, CudaMemory memory, ProductsChoice choice) {
    this.own = new CudaMatmul(gpu, memory);
    CudaLibrary opened =
        choice == ProductsChoice.OWN ? CudaLibrary.missing("") : gpu.openProducts();
    if (!opened.found() && choice == ProductsChoice.CUBLAS) {
      throw new CudaException(
          "-D%s=cublas: %s; -D%1$s=auto goes on with our own kernels"
              .formatted(CudaProvider.PRODUCTS_PROPERTY, opened.reason()));
    }
    this.library = opened.found() ? new LibraryProducts(gpu, memory) : null;
    this.description = described(opened);
    boolean isLess = choice == ProductsChoice.AUTO && !opened.found();
    LOG.log(
        isLess ? System.Logger.Level.INFO : System.Logger.Level.DEBUG,
        () -> memory.device() + ": matrix products by " + description);
  }

  private static String described(CudaLibrary opened) {
    if (opened.found()) {
      return opened.version();
    }
    return opened.reason().isEmpty() ? OWN_KERNELS : OWN_KERNELS + "; " + opened.reason();
  }

  /** Who multiplies, and why not cuBLAS where it does not. */
  String description() {
    return description;
  }

  /** {@link dev.weft.tensor.Backend#matmul}. */
  void matmul(MatmulPrecision precision, Tensor a, Tensor b, MatmulTail tail, Tensor out) {
    if (library == null || !library.multiply(precision, a, b, tail, out)) {
      own.matmul(precision, a, b, tail, out);
    }
  }
}
