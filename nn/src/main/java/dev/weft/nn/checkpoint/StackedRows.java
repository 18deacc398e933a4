package dev.weft.nn.checkpoint;

import dev.weft.tensor.DType;
import dev.weft.tensor.RowSource;
import java.util.List;

/**
 * Matrices one below the other: what a model keeps as one and a file as several.
 *
 * @param parts of one type, one width and equally many rows
 */
record StackedRows(List<RowSource> parts) implements RowSource {

  @Override
  public DType dtype() {
    return parts.getFirst().dtype();
  }

  @Override
  public int rows() {
    return parts.size() * partRows();
  }

  @Override
  public int columns() {
    return parts.getFirst().columns();
  }

  @Override
  public void read(int row, int column, int n, Object to, int at) {
    parts.get(row / partRows()).read(row % partRows(), column, n, to, at);
  }

  @Override
  public void forget(int row, int count) {
    for (int from = row; from < row + count; ) {
      int inPart = from % partRows();
      int here = Math.min(row + count - from, partRows() - inPart);
      parts.get(from / partRows()).forget(inPart, here);
      from += here;
    }
  }

  private int partRows() {
    return parts.getFirst().rows();
  }
}
