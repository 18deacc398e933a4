package dev.weft.nn.checkpoint;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;

/** What is known of a stored tensor without reading it. */
public record TensorInfo(DType dtype, Shape shape) {

  /** Bytes of all elements. */
  public long byteSize() {
    return (long) shape.numel() * dtype.byteSize();
  }

  @Override
  public String toString() {
    return dtype + shape.toString();
  }
}
