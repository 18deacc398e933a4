package dev.weft.nn.image;

import java.util.Arrays;

/** How macroblocks are predicted (RFC 6386, sections 8, 10 and 11), read one after the other. */
final class Vp8Modes {
  static final int DC = 0;
  static final int TRUE_MOTION = 1;
  static final int VERTICAL = 2;
  static final int HORIZONTAL = 3;

  /** Each of the 16 subblocks has a mode of its own. */
  static final int SUBBLOCKS = 4;

  /** Leaves are negative; inner nodes are the index of the next pair. */
  private static final int[] TREE = {
    0, 2, -1, 4, -2, 6, 8, 12, -3, 10, -5, -6, -4, 14, -7, 16, -8, -9
  };

  private final Vp8Header header;
  private final int[] above;
  private final int[] left = new int[4];

  int segment;
  boolean skipped;

  /** One of the constants above. */
  int luma;

  int chroma;

  /** Of 16 subblocks, where luma is {@link #SUBBLOCKS}; the numbers follow RFC 6386. */
  final int[] subblocks = new int[16];

  Vp8Modes(Vp8Header header, int columns) {
    this.header = header;
    this.above = new int[4 * columns];
  }

  void startRow() {
    Arrays.fill(left, DC);
  }

  /** Whether more was read than there is. */
  boolean modesExhausted() {
    return header.modes.exhausted();
  }

  void read(int column) {
    Vp8Bits bits = header.modes;
    segment = 0;
    if (header.segmentsMapped) {
      int[] tree = header.segmentTree;
      segment = bits.bit(tree[0]) == 0 ? bits.bit(tree[1]) : 2 + bits.bit(tree[2]);
    }
    skipped = header.skipProbability >= 0 && bits.bit(header.skipProbability) != 0;
    if (bits.bit(145) == 0) {
      luma = SUBBLOCKS;
      readSubblocks(bits, column);
    } else {
      luma =
          bits.bit(156) != 0
              ? bits.bit(128) != 0 ? TRUE_MOTION : HORIZONTAL
              : bits.bit(163) != 0 ? VERTICAL : DC;
      // The four have the same numbers as modes of subblocks, which later ones are guessed from.
      Arrays.fill(left, luma);
      Arrays.fill(above, 4 * column, 4 * column + 4, luma);
    }
    if (bits.bit(142) == 0) {
      chroma = DC;
    } else if (bits.bit(114) == 0) {
      chroma = VERTICAL;
    } else {
      chroma = bits.bit(183) != 0 ? TRUE_MOTION : HORIZONTAL;
    }
  }

  private void readSubblocks(Vp8Bits bits, int column) {
    int nodes = Vp8Tables.SUBBLOCK_MODES - 1;
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        int context = above[4 * column + x] * Vp8Tables.SUBBLOCK_MODES + left[y];
        int node = 0;
        do {
          node = TREE[node + bits.bit(Vp8Tables.SUBBLOCKS[context * nodes + (node >> 1)])];
        } while (node > 0);
        subblocks[4 * y + x] = -node;
        above[4 * column + x] = -node;
        left[y] = -node;
      }
    }
  }
}
