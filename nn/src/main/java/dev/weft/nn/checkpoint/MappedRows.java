package dev.weft.nn.checkpoint;

import dev.weft.tensor.DType;
import dev.weft.tensor.RowSource;

/**
 * A tensor of a mapped file as rows of {@code columns} elements, read when they are wanted.
 *
 * @param tensor dense, its elements row-major one after the other, of a type that tensors have
 */
record MappedRows(MappedCheckpoint checkpoint, String name, StoredTensor tensor, int columns)
    implements RowSource {

  @Override
  public DType dtype() {
    return tensor.info().dtype();
  }

  @Override
  public int rows() {
    return columns == 0 ? 0 : tensor.info().shape().numel() / columns;
  }

  @Override
  public void read(int row, int column, int n, Object to, int at) {
    checkpoint.readDense(name, tensor, index(row) + column, n, to, at);
  }

  @Override
  public void forget(int row, int count) {
    checkpoint.forgetDense(tensor, index(row), (long) count * columns);
  }

  private long index(int row) {
    return tensor.offset() + (long) row * columns;
  }
}
