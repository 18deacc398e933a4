package dev.weft.nn.image;

/**
 * From VP8's planes to RGB as libwebp does it: chroma interpolated with weights 9, 3, 3 and 1 of
 * 16, and ITU-R BT.601 colours of the range 16 to 235 in fixed point of 14 bits.
 */
final class Vp8Colours {
  private static final int LUMA = 19077;
  private static final int RED_OF_RED = 26149;
  private static final int GREEN_OF_BLUE = 6419;
  private static final int GREEN_OF_RED = 13320;
  private static final int BLUE_OF_BLUE = 33050;
  private static final int RED_OFFSET = 14234;
  private static final int GREEN_OFFSET = 8708;
  private static final int BLUE_OFFSET = 17685;

  private Vp8Colours() {}

  static Pixels toRgb(int width, int height, Vp8Plane luma, Vp8Plane blue, Vp8Plane red) {
    byte[] rgb = new byte[Math.multiplyExact(width * height, 3)];
    int[] blueRow = new int[width];
    int[] redRow = new int[width];
    int lastRow = (height - 1) / 2;
    int next = 0;
    for (int y = 0; y < height; y++) {
      int near = y / 2;
      int far = Math.clamp(y % 2 == 0 ? near - 1 : near + 1, 0, lastRow);
      interpolate(blue, blue.at(0, near), blue.at(0, far), blueRow);
      interpolate(red, red.at(0, near), red.at(0, far), redRow);
      int at = luma.at(0, y);
      for (int x = 0; x < width; x++) {
        int light = scaled(luma.sample(at + x), LUMA);
        int u = blueRow[x];
        int v = redRow[x];
        rgb[next++] = clipped(light + scaled(v, RED_OF_RED) - RED_OFFSET);
        rgb[next++] =
            clipped(light - scaled(u, GREEN_OF_BLUE) - scaled(v, GREEN_OF_RED) + GREEN_OFFSET);
        rgb[next++] = clipped(light + scaled(u, BLUE_OF_BLUE) - BLUE_OFFSET);
      }
    }
    return new Pixels(width, height, Pixels.Kind.RGB, rgb);
  }

  /** A row between the nearer row of chroma and the other one next to it. */
  private static void interpolate(Vp8Plane plane, int near, int far, int[] out) {
    int width = out.length;
    out[0] = (3 * plane.sample(near) + plane.sample(far) + 2) >> 2;
    for (int x = 1; x <= (width - 1) / 2; x++) {
      int nearLeft = plane.sample(near + x - 1);
      int nearRight = plane.sample(near + x);
      int farLeft = plane.sample(far + x - 1);
      int farRight = plane.sample(far + x);
      int sum = nearLeft + nearRight + farLeft + farRight + 8;
      out[2 * x - 1] = (((sum + 2 * (nearRight + farLeft)) >> 3) + nearLeft) >> 1;
      out[2 * x] = (((sum + 2 * (nearLeft + farRight)) >> 3) + nearRight) >> 1;
    }
    if (width % 2 == 0) {
      int last = (width - 1) / 2;
      out[width - 1] = (3 * plane.sample(near + last) + plane.sample(far + last) + 2) >> 2;
    }
  }

  private static int scaled(int sample, int factor) {
    return (sample * factor) >> 8;
  }

  private static byte clipped(int value) {
    return (byte) Math.clamp(value >> 6, 0, 255);
  }
}
