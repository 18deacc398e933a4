package dev.weft.cuda;

/** How many digits of the factors a product of F32 matrices keeps; sums are F32 always. */
public enum MatmulPrecision {
  /** All 24. */
  FLOAT32,
  /** 11: tensor cores in TF32, from compute capability 8.0 on. */
  TF32,
  /** 8: tensor cores in BF16, from compute capability 8.0 on. */
  BF16;

  /** Compute capability times ten from which on tensor cores have TF32 and BF16. */
  static final int LEAST_CAPABILITY = 80;
}
