package dev.weft.nn.checkpoint;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;

/** What is known of a stored tensor without reading it. */
public record TensorInfo(StoredType type, Shape shape) {

  /** A tensor stored in the type it is read as. */
  public TensorInfo(DType dtype, Shape shape) {
    this(StoredType.of(dtype), shape);
  }

  /** What the elements are read as. */
  public DType dtype() {
    return type.dtype();
  }

  /** Bytes of all elements in the file. */
  public long byteSize() {
    return (long) shape.numel() * type.byteSize();
  }

  @Override
  public String toString() {
    return type + shape.toString();
  }
}
