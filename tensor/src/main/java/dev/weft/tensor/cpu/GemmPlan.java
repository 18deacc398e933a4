package dev.weft.tensor.cpu;

/**
 * How a product is cut into parts that run side by side. Each part packs what it needs of both
 * operands, so parts wait for nobody; but what two parts need is packed twice.
 *
 * @param rows rows of the product in a part, a multiple of the tile's but for the last part
 * @param columns columns of the product in a part, likewise
 * @param rowParts parts along the rows
 * @param columnParts parts along the columns
 */
record GemmPlan(int rows, int columns, int rowParts, int columnParts) {
  /** Multiplications in the time that packing an element of a row of A takes. */
  private static final int PACKING_ROWS = 32;

  /** The same for a column of B. */
  private static final int PACKING_COLUMNS = 20;

  /**
   * The cut into {@code parts} parts, or a few more, that is done soonest: the largest part's
   * multiplications and packing for each step of the inner dimension decide.
   */
  static GemmPlan of(int m, int n, int parts, int tileRows, int tileColumns) {
    GemmPlan best = null;
    long least = Long.MAX_VALUE;
    for (int rowParts = 1; rowParts <= parts; rowParts++) {
      int rows = part(m, rowParts, tileRows);
      int columns = part(n, (parts + rowParts - 1) / rowParts, tileColumns);
      long cost =
          (long) rows * columns + (long) PACKING_ROWS * rows + (long) PACKING_COLUMNS * columns;
      if (cost < least) {
        least = cost;
        best = new GemmPlan(rows, columns, (m + rows - 1) / rows, (n + columns - 1) / columns);
      }
    }
    return best;
  }

  private static int part(int size, int parts, int tile) {
    int each = (size + parts - 1) / parts;
    return (each + tile - 1) / tile * tile;
  }

  int parts() {
    return rowParts * columnParts;
  }
}
