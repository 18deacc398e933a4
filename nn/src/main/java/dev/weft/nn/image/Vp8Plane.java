package dev.weft.nn.image;

import java.util.Arrays;

/**
 * One of the planes of a frame, with a row above and a column at the left that predictions read: of
 * 127 and 129 (RFC 6386, section 12.2).
 */
final class Vp8Plane {
  private static final int ABOVE = 127;
  private static final int LEFT = 129;

  /** Subblocks look at four samples beyond their own. */
  private static final int BEYOND = 4;

  final int stride;
  final byte[] samples;

  Vp8Plane(int width, int height) {
    stride = 1 + width + BEYOND;
    samples = new byte[Math.multiplyExact(stride, height + 1)];
    Arrays.fill(samples, 0, stride, (byte) ABOVE);
    for (int y = 1; y <= height; y++) {
      samples[y * stride] = (byte) LEFT;
    }
  }

  int at(int x, int y) {
    return (y + 1) * stride + x + 1;
  }

  int sample(int index) {
    return samples[index] & 255;
  }
}
