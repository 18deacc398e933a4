package dev.weft.nn.image;

import java.util.Arrays;

/** VP8's predictions from the samples above and at the left (RFC 6386, section 12). */
final class Vp8Predictor {
  private Vp8Predictor() {}

  /**
   * A square of luma or chroma of a macroblock.
   *
   * @param at its first sample
   * @param size its edge: 16 or 8
   */
  static void square(
      Vp8Plane plane, int at, int size, int mode, boolean hasAbove, boolean hasLeft) {
    switch (mode) {
      case Vp8Modes.DC -> fill(plane, at, size, mean(plane, at, size, hasAbove, hasLeft));
      case Vp8Modes.VERTICAL -> {
        for (int y = 0; y < size; y++) {
          System.arraycopy(
              plane.samples, at - plane.stride, plane.samples, at + y * plane.stride, size);
        }
      }
      case Vp8Modes.HORIZONTAL -> {
        for (int y = 0; y < size; y++) {
          int row = at + y * plane.stride;
          Arrays.fill(plane.samples, row, row + size, plane.samples[row - 1]);
        }
      }
      default -> trueMotion(plane, at, size);
    }
  }

  private static void fill(Vp8Plane plane, int at, int size, int value) {
    for (int y = 0; y < size; y++) {
      int row = at + y * plane.stride;
      Arrays.fill(plane.samples, row, row + size, (byte) value);
    }
  }

  /** Of the edges that lie within the picture; 128 where none does. */
  private static int mean(Vp8Plane plane, int at, int size, boolean hasAbove, boolean hasLeft) {
    int sum = 0;
    for (int i = 0; i < size; i++) {
      sum += hasAbove ? plane.sample(at - plane.stride + i) : 0;
      sum += hasLeft ? plane.sample(at + i * plane.stride - 1) : 0;
    }
    int count = (hasAbove ? size : 0) + (hasLeft ? size : 0);
    return count == 0 ? 128 : (sum + count / 2) / count;
  }

  private static void trueMotion(Vp8Plane plane, int at, int size) {
    int above = at - plane.stride;
    int corner = plane.sample(above - 1);
    for (int y = 0; y < size; y++) {
      int row = at + y * plane.stride;
      int left = plane.sample(row - 1) - corner;
      for (int x = 0; x < size; x++) {
        plane.samples[row + x] = (byte) Math.clamp(left + plane.sample(above + x), 0, 255);
      }
    }
  }

  /**
   * A subblock of 4 x 4.
   *
   * @param edge 13 samples: up the left side, the corner, and eight along the top
   */
  static void subblock(Vp8Plane plane, int at, int mode, int[] edge) {
    switch (mode) {
      case 0 -> fill(plane, at, 4, edgeMean(edge));
      case 1 -> trueMotion(plane, at, 4);
      default -> {
        for (int y = 0; y < 4; y++) {
          for (int x = 0; x < 4; x++) {
            plane.samples[at + y * plane.stride + x] = (byte) sample(mode, x, y, edge);
          }
        }
      }
    }
  }

  private static int edgeMean(int[] edge) {
    int sum = 4;
    for (int i = 0; i < 4; i++) {
      sum += edge[i] + edge[5 + i];
    }
    return sum >> 3;
  }

  /** Indices of the edge: 4 is the corner, 3 to 0 go down the left side, 5 to 12 along the top. */
  private static int sample(int mode, int x, int y, int[] edge) {
    return switch (mode) {
      case 2 -> three(edge, 5 + x);
      case 3 -> y < 3 ? three(edge, 3 - y) : (edge[1] + 3 * edge[0] + 2) >> 2;
      case 4 -> x + y < 6 ? three(edge, 6 + x + y) : (edge[11] + 3 * edge[12] + 2) >> 2;
      case 5 -> three(edge, 4 + x - y);
      case 6 -> verticalRight(x, y, edge);
      case 7 -> verticalLeft(x, y, edge);
      case 8 -> horizontalDown(x, y, edge);
      default -> horizontalUp(x, y, edge);
    };
  }

  private static int verticalRight(int x, int y, int[] edge) {
    int along = 2 * x - y;
    if (along < 0) {
      return three(edge, 5 + along);
    }
    return y % 2 == 0 ? two(edge, 4 + along / 2) : three(edge, 4 + (along + 1) / 2);
  }

  private static int verticalLeft(int x, int y, int[] edge) {
    if (x == 3 && y >= 2) {
      return three(edge, 8 + y);
    }
    int from = 5 + x + y / 2;
    return y % 2 == 0 ? two(edge, from) : three(edge, from + 1);
  }

  private static int horizontalDown(int x, int y, int[] edge) {
    int along = 2 * y - x;
    if (along < 0) {
      return three(edge, 3 - along);
    }
    return x % 2 == 0 ? two(edge, 3 - along / 2) : three(edge, 4 - (along + 1) / 2);
  }

  private static int horizontalUp(int x, int y, int[] edge) {
    int along = x + 2 * y;
    if (along > 5) {
      return edge[0];
    }
    if (along == 5) {
      return (edge[1] + 3 * edge[0] + 2) >> 2;
    }
    return along % 2 == 0 ? two(edge, 2 - along / 2) : three(edge, 2 - along / 2);
  }

  private static int two(int[] edge, int from) {
    return (edge[from] + edge[from + 1] + 1) >> 1;
  }

  private static int three(int[] edge, int middle) {
    return (edge[middle - 1] + 2 * edge[middle] + edge[middle + 1] + 2) >> 2;
  }
}
