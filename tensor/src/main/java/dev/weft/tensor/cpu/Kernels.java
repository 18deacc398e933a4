package dev.weft.tensor.cpu;

import dev.weft.tensor.Tensor;

/**
 * All kernel families for one element type, over the same loops.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
record Kernels<A>(
    ElementLoops<A> loops,
    Elementwise<A> elementwise,
    Reduce<A> reduce,
    Softmax<A> softmax,
    CrossEntropyRows<A> crossEntropy,
    ContrastKernels<A> contrast,
    LayerNorm<A> layerNorm,
    Mixture<A> mixture,
    RandomKernels<A> random,
    Gemm<A> gemm,
    TiledAttention<A> attention,
    TiledAttentionBackward<A> attentionBackward) {

  static <A> Kernels<A> over(Loops<A> loops) {
    Reduce<A> reduce = new Reduce<>(loops);
    return new Kernels<>(
        loops.elements(),
        new Elementwise<>(loops),
        reduce,
        new Softmax<>(loops),
        new CrossEntropyRows<>(loops),
        new ContrastKernels<>(loops),
        new LayerNorm<>(loops, reduce),
        new Mixture<>(loops, reduce),
        new RandomKernels<>(loops),
        new Gemm<>(loops),
        new TiledAttention<>(loops),
        new TiledAttentionBackward<>(loops));
  }

  void scatterAdd(Tensor indices, Tensor source, Tensor out) {
    Lookup.scatterAdd(loops, indices, source, out);
  }
}
