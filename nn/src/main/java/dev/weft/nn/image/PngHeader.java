package dev.weft.nn.image;

import java.io.IOException;

/**
 * The IHDR chunk of a PNG file (W3C, Portable Network Graphics, third edition, 11.2.1).
 *
 * @param depth bits of a sample
 */
record PngHeader(int width, int height, int depth, int colour, boolean interlaced) {
  static final int GREY = 0;
  static final int RGB = 2;
  static final int PALETTE = 3;
  static final int GREY_ALPHA = 4;
  static final int RGB_ALPHA = 6;
  private static final int LENGTH = 13;

  /** Adam7: first column and row of each pass, and the steps between its pixels. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  /**
   * The pixels of one pass: the columns {@code x, x + xStep, …} of rows {@code y, y + yStep, …}.
   */
  record Pass(int x, int y, int xStep, int yStep, int columns, int rows) {}

  static PngHeader parse(ByteReader in, int length) throws IOException {
    if (length < LENGTH) {
      throw new IOException("IHDR has " + length + " bytes, not " + LENGTH);
    }
    int width = in.int32();
    int height = in.int32();
    int depth = in.uint8();
    int colour = in.uint8();
    in.skip(1);
    int filter = in.uint8();
    boolean interlaced = in.uint8() != 0;
    boolean known =
        switch (colour) {
          case GREY -> depth <= 16 && Integer.bitCount(depth) == 1;
          case PALETTE -> depth <= 8 && Integer.bitCount(depth) == 1;
          case RGB, GREY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
          default -> false;
        };
    if (!known || filter != 0) {
      throw new IOException(
          "IHDR has colour type " + colour + ", " + depth + " bits, filter method " + filter);
    }
    return new PngHeader(width, height, depth, colour, interlaced);
  }

  int bands() {
    return switch (colour) {
      case GREY, PALETTE -> 1;
      case GREY_ALPHA -> 2;
      case RGB -> 3;
      default -> 4;
    };
  }

  /** Bytes between a byte and the one of the pixel before it, which filters refer to. */
  int filterStep() {
    return Math.max(bands() * depth / 8, 1);
  }

  /** Bytes of a row of {@code columns} pixels. */
  int rowBytes(int columns) {
    return Math.toIntExact(((long) columns * bands() * depth + 7) / 8);
  }

  int passes() {
    return interlaced ? PASSES.length : 1;
  }

  Pass pass(int index) {
    int[] pass = interlaced ? PASSES[index] : new int[] {0, 0, 1, 1};
    return new Pass(
        pass[0],
        pass[1],
        pass[2],
        pass[3],
        Math.max((width - pass[0] + pass[2] - 1) / pass[2], 0),
        Math.max((height - pass[1] + pass[3] - 1) / pass[3], 0));
  }

  /** Bytes of all rows, each with the byte that names its filter. */
  long unpackedBytes() {
    long sum = 0;
    for (int i = 0; i < passes(); i++) {
      Pass pass = pass(i);
      sum += pass.columns() == 0 ? 0 : (long) pass.rows() * (rowBytes(pass.columns()) + 1);
    }
    return sum;
  }
}
