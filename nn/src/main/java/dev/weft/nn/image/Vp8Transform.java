package dev.weft.nn.image;

/** VP8's inverse transforms (RFC 6386, sections 14.3 and 14.4). */
final class Vp8Transform {
  /** sqrt(2) · cos(pi / 8) - 1 and sqrt(2) · sin(pi / 8), in 65536. */
  private static final int COSINE = 20091;

  private static final int SINE = 35468;

  private Vp8Transform() {}

  /** Walsh-Hadamard: the second block becomes the DC of 16 blocks of {@code values}. */
  static void spread(int[] second, int[] values) {
    int[] columns = new int[16];
    for (int i = 0; i < 4; i++) {
      int outer = second[i] + second[12 + i];
      int inner = second[4 + i] + second[8 + i];
      int innerDifference = second[4 + i] - second[8 + i];
      int outerDifference = second[i] - second[12 + i];
      columns[i] = outer + inner;
      columns[4 + i] = outerDifference + innerDifference;
      columns[8 + i] = outer - inner;
      columns[12 + i] = outerDifference - innerDifference;
    }
    for (int i = 0; i < 4; i++) {
      int first = columns[4 * i] + 3;
      int outer = first + columns[4 * i + 3];
      int inner = columns[4 * i + 1] + columns[4 * i + 2];
      int innerDifference = columns[4 * i + 1] - columns[4 * i + 2];
      int outerDifference = first - columns[4 * i + 3];
      values[64 * i] = (outer + inner) >> 3;
      values[64 * i + 16] = (outerDifference + innerDifference) >> 3;
      values[64 * i + 32] = (outer - inner) >> 3;
      values[64 * i + 48] = (outerDifference - innerDifference) >> 3;
    }
  }

  /** Adds the inverse DCT of the block at {@code from} to the 4 x 4 samples at {@code at}. */
  static void add(int[] values, int from, byte[] plane, int at, int stride) {
    if (isZero(values, from)) {
      return;
    }
    int[] columns = new int[16];
    for (int i = 0; i < 4; i++) {
      int a = values[from + i] + values[from + 8 + i];
      int b = values[from + i] - values[from + 8 + i];
      int c = sine(values[from + 4 + i]) - cosine(values[from + 12 + i]);
      int d = cosine(values[from + 4 + i]) + sine(values[from + 12 + i]);
      columns[i] = a + d;
      columns[4 + i] = b + c;
      columns[8 + i] = b - c;
      columns[12 + i] = a - d;
    }
    for (int i = 0; i < 4; i++) {
      int a = columns[4 * i] + 4 + columns[4 * i + 2];
      int b = columns[4 * i] + 4 - columns[4 * i + 2];
      int c = sine(columns[4 * i + 1]) - cosine(columns[4 * i + 3]);
      int d = cosine(columns[4 * i + 1]) + sine(columns[4 * i + 3]);
      int row = at + i * stride;
      plane[row] = sum(plane[row], (a + d) >> 3);
      plane[row + 1] = sum(plane[row + 1], (b + c) >> 3);
      plane[row + 2] = sum(plane[row + 2], (b - c) >> 3);
      plane[row + 3] = sum(plane[row + 3], (a - d) >> 3);
    }
  }

  private static boolean isZero(int[] values, int from) {
    for (int i = from; i < from + 16; i++) {
      if (values[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int cosine(int value) {
    return ((value * COSINE) >> 16) + value;
  }

  private static int sine(int value) {
    return (value * SINE) >> 16;
  }

  private static byte sum(byte sample, int difference) {
    return (byte) Math.clamp((sample & 255) + difference, 0, 255);
  }
}
