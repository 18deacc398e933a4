package dev.weft.nn.image;

import java.util.Arrays;

/** The coefficients of a macroblock (RFC 6386, sections 13 and 14), multiplied out. */
final class Vp8Coefficients {
  private static final int LUMA_BEHIND_SECOND = 0;
  private static final int SECOND = 1;
  private static final int CHROMA = 2;
  private static final int LUMA = 3;

  /**
   * Contexts of a macroblock along an edge: 4 of luma, 2 and 2 of chroma, 1 of the second block.
   */
  private static final int EDGE = 9;

  private final int[] probabilities;
  private final boolean[] above;
  private final boolean[] left = new boolean[EDGE];

  /** 16 blocks of luma, 4 of U, 4 of V: [24, 16]. */
  final int[] values = new int[24 * 16];

  private final int[] second = new int[16];

  Vp8Coefficients(Vp8Header header, int columns) {
    probabilities = header.coefficients;
    above = new boolean[EDGE * columns];
  }

  void startRow() {
    Arrays.fill(left, false);
  }

  /** Notes a macroblock without coefficients. */
  void skip(int column, boolean hasSecond) {
    int count = hasSecond ? EDGE : EDGE - 1;
    Arrays.fill(left, 0, count, false);
    Arrays.fill(above, column * EDGE, column * EDGE + count, false);
    Arrays.fill(values, 0);
  }

  /** Reads a macroblock; returns whether anything but zeros came. */
  boolean read(Vp8Bits bits, int column, boolean hasSecond, Vp8Quantizers factors) {
    Arrays.fill(values, 0);
    int up = column * EDGE;
    if (hasSecond) {
      Arrays.fill(second, 0);
      int context = context(up + 8, 8);
      int end =
          readBlock(bits, SECOND, context, 0, factors.secondDc(), factors.secondAc(), second, 0);
      note(up + 8, 8, end > 0);
      Vp8Transform.spread(second, values);
    }
    int type = hasSecond ? LUMA_BEHIND_SECOND : LUMA;
    int first = hasSecond ? 1 : 0;
    boolean any = false;
    for (int i = 0; i < 24; i++) {
      boolean luma = i < 16;
      // Chroma: blocks of 2 x 2, whose edges follow those of luma.
      int x = luma ? i % 4 : 4 + (i - 16) / 4 * 2 + i % 2;
      int y = luma ? i / 4 : 4 + (i - 16) / 4 * 2 + i / 2 % 2;
      int start = luma ? first : 0;
      int end =
          readBlock(
              bits,
              luma ? type : CHROMA,
              context(up + x, y),
              start,
              luma ? factors.lumaDc() : factors.chromaDc(),
              luma ? factors.lumaAc() : factors.chromaAc(),
              values,
              16 * i);
      note(up + x, y, end > start);
      any |= end > 1 || values[16 * i] != 0;
    }
    return any;
  }

  private int context(int up, int side) {
    return (above[up] ? 1 : 0) + (left[side] ? 1 : 0);
  }

  private void note(int up, int side, boolean coded) {
    above[up] = coded;
    left[side] = coded;
  }

  /** Returns where the block ends: after its last coefficient. */
  private int readBlock(
      Vp8Bits bits, int type, int context, int first, int dc, int ac, int[] out, int to) {
    int n = first;
    int nodes = Vp8Tables.nodes(type, n, context);
    while (n < 16) {
      if (bits.bit(probabilities[nodes]) == 0) {
        return n;
      }
      while (bits.bit(probabilities[nodes + 1]) == 0) {
        n++;
        if (n == 16) {
          return 16;
        }
        nodes = Vp8Tables.nodes(type, n, 0);
      }
      int value = 1;
      if (bits.bit(probabilities[nodes + 2]) != 0) {
        value = large(bits, nodes);
      }
      int signed = bits.flag() ? -value : value;
      out[to + Vp8Tables.zigzag(n)] = signed * (n == 0 ? dc : ac);
      n++;
      nodes = Vp8Tables.nodes(type, n, value == 1 ? 1 : 2);
    }
    return 16;
  }

  private int large(Vp8Bits bits, int nodes) {
    if (bits.bit(probabilities[nodes + 3]) == 0) {
      if (bits.bit(probabilities[nodes + 4]) == 0) {
        return 2;
      }
      return 3 + bits.bit(probabilities[nodes + 5]);
    }
    if (bits.bit(probabilities[nodes + 6]) == 0) {
      if (bits.bit(probabilities[nodes + 7]) == 0) {
        return 5 + bits.bit(159);
      }
      return 7 + 2 * bits.bit(165) + bits.bit(145);
    }
    int high = bits.bit(probabilities[nodes + 8]);
    int category = 2 * high + bits.bit(probabilities[nodes + 9 + high]);
    int extra = 0;
    for (int probability : Vp8Tables.extraBits(category)) {
      extra = 2 * extra + bits.bit(probability);
    }
    return 3 + (8 << category) + extra;
  }
}
