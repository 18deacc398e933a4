package dev.weft.nn;

/** Where a Transformer layer normalises; Xiong et al., arXiv 2002.04745. */
public enum NormPlacement {
  /** {@code LayerNorm(x + f(x))}: the original Transformer, BERT, M²SE. */
  POST,
  /** {@code x + f(LayerNorm(x))}: CLIP. What leaves the last layer is not normalised. */
  PRE
}
