package dev.weft.nn.checkpoint;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.List;

/**
 * A tensor to be written that is never in memory as a whole.
 *
 * @param parts its elements, row-major, in pieces of any shape and of its type; asked for once
 */
public record StreamedTensor(DType dtype, Shape shape, Iterable<Tensor> parts) {
  /** A tensor that is there. */
  public static StreamedTensor of(Tensor tensor) {
    return new StreamedTensor(tensor.dtype(), tensor.shape(), List.of(tensor));
  }
}
