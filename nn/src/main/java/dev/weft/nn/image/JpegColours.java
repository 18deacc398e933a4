package dev.weft.nn.image;

/** YCbCr to light in libjpeg's fixed point of 16 bits (its jdcolor.c; factors: JFIF 1.02). */
final class JpegColours {
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);

  private JpegColours() {}

  /** YCCK to CMYK in place: the inks are the complement of the light, black stays. */
  static void toInks(int[] row) {
    for (int i = 0; i < row.length; i += 4) {
      int luma = row[i];
      int blue = row[i + 1] - 128;
      int red = row[i + 2] - 128;
      int r = luma + ((fixed(1.40200) * red + HALF) >> BITS);
      int g = luma + ((-fixed(0.34414) * blue - fixed(0.71414) * red + HALF) >> BITS);
      int b = luma + ((fixed(1.77200) * blue + HALF) >> BITS);
      row[i] = Math.clamp(255 - r, 0, 255);
      row[i + 1] = Math.clamp(255 - g, 0, 255);
      row[i + 2] = Math.clamp(255 - b, 0, 255);
    }
  }

  private static int fixed(double factor) {
    return (int) (factor * (1 << BITS) + 0.5);
  }
}
