package dev.weft.nn.image;

import java.io.IOException;

/** The filters of PNG's rows (W3C, Portable Network Graphics, third edition, clause 9). */
final class PngFilters {
  private PngFilters() {}

  /**
   * Undoes a filter in place.
   *
   * @param above the row above; zeros above the first
   * @param step bytes of a pixel, 1 at least
   */
  static void undo(int filter, byte[] row, byte[] above, int step) throws IOException {
    switch (filter) {
      case 0 -> {}
      case 1 -> sub(row, step);
      case 2 -> up(row, above);
      case 3 -> average(row, above, step);
      case 4 -> paeth(row, above, step);
      default -> throw new IOException("a row has filter " + (filter & 255));
    }
  }

  private static void sub(byte[] row, int step) {
    for (int i = step; i < row.length; i++) {
      row[i] += row[i - step];
    }
  }

  private static void up(byte[] row, byte[] above) {
    for (int i = 0; i < row.length; i++) {
      row[i] += above[i];
    }
  }

  private static void average(byte[] row, byte[] above, int step) {
    for (int i = 0; i < row.length; i++) {
      int left = i < step ? 0 : row[i - step] & 255;
      row[i] += (byte) ((left + (above[i] & 255)) >> 1);
    }
  }

  private static void paeth(byte[] row, byte[] above, int step) {
    for (int i = 0; i < Math.min(step, row.length); i++) {
      row[i] += above[i];
    }
    for (int i = step; i < row.length; i++) {
      int left = row[i - step] & 255;
      int up = above[i] & 255;
      int corner = above[i - step] & 255;
      // Distances of left + up - corner from the three.
      int toLeft = Math.abs(up - corner);
      int toUp = Math.abs(left - corner);
      int toCorner = Math.abs(left + up - 2 * corner);
      int nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
      row[i] += (byte) nearest;
    }
  }
}
