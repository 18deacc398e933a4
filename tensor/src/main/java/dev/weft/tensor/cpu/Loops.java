package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;

/**
 * The hot loops for one element type. Each family exists twice, in plain Java and with {@code
 * jdk.incubator.vector}; everything above them (shapes, strides, threads) exists once.
 *
 * @param <A> {@code float[]} or {@code double[]}
 * @param dtype the element type
 * @param elements one element at a time
 * @param folds many elements into one
 * @param rows what softmax and layer norm do to a row
 * @param philox random words
 * @param gemm the matrix product's inner tile
 * @param blocks products of blocks in the cache
 * @param scores blocks of attention scores
 */
record Loops<A>(
    DType dtype,
    ElementLoops<A> elements,
    FoldLoops<A> folds,
    RowLoops<A> rows,
    PhiloxLoops philox,
    GemmKernel<A> gemm,
    BlockLoops<A> blocks,
    ScoreLoops<A> scores) {}
