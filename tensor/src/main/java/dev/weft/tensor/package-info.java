/**
 * Numbers: {@link dev.weft.tensor.Tensor} is a strided view over a {@link dev.weft.tensor.Storage},
 * {@link dev.weft.tensor.Ops} computes with it, a {@link dev.weft.tensor.Backend} supplies the
 * kernels and a {@link dev.weft.tensor.Scope} gives the memory back.
 */
package dev.weft.tensor;
