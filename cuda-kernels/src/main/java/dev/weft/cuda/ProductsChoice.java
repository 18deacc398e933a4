package dev.weft.cuda;

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
    return CudaProvider.asked(CudaProvider.PRODUCTS_PROPERTY, AUTO);
  }
}
