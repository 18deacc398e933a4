package dev.weft.nn.image;

/** YCbCr to light in libjpeg's fixed point of 16 bits (its jdcolor.c; factors: JFIF 1.02). */
final class JpegColours {
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);

  private JpegColours() {}

  /** YCCK to CMYK in place: the inks are the complement of the light, black stays. */
  static void toInks(int[] row) {
    for (int i = 0; i < row.length; i += 4) {
      toLight(row, i);
      for (int ink = i; ink < i + 3; ink++) {
        row[ink] = 255 - row[ink];
      }
    }
  }

  /** The three samples from {@code at} on to red, green and blue, in place. */
  static void toLight(int[] row, int at) {
    int luma = row[at];
    int blue = row[at + 1] - 128;
    int red = row[at + 2] - 128;
    row[at] = clipped(luma + ((fixed(1.40200) * red + HALF) >> BITS));
    row[at + 1] = clipped(luma + ((-fixed(0.34414) * blue - fixed(0.71414) * red + HALF) >> BITS));
    row[at + 2] = clipped(luma + ((fixed(1.77200) * blue + HALF) >> BITS));
  }

  private static int clipped(int value) {
    return Math.clamp(value, 0, 255);
  }

  private static int fixed(double factor) {
    return (int) (factor * (1 << BITS) + 0.5);
  }
}
