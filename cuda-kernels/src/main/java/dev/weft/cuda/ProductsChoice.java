package dev.weft.cuda;

import java.util.Locale;

/** Who multiplies matrices on a device. */
enum ProductsChoice {
  /** Our own kernels. */
  OWN,
  /** cuBLAS, or an error that says why not; our own kernels for what it has no words for. */
  CUBLAS,
  /** cuBLAS where it can be used, else our own kernels. */
  AUTO;

  /**
   * What {@code -Dweft.cuda.products} asks for.
   *
   * @throws CudaException if it asks for something unknown
   */
  static ProductsChoice asked() {
    String asked = System.getProperty(CudaProvider.PRODUCTS_PROPERTY, "auto");
    for (ProductsChoice known : values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(asked)) {
        return known;
      }
    }
    throw new CudaException(
        "-D"
            + CudaProvider.PRODUCTS_PROPERTY
            + "="
            + asked
            + ": unknown; known: own, cublas, auto");
  }
}
