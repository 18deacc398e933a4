package dev.weft.nn.image;

/** The filter that smooths the edges of blocks (RFC 6386, section 15). */
final class Vp8LoopFilter {
  private final boolean simple;
  private final int sharpness;
  private final byte[] levels;
  private final boolean[] inner;

  private byte[] samples;

  /** From a sample to the next one across the edge. */
  private int across;

  private int edgeLimit;
  private int innerLimit;
  private int variance;

  Vp8LoopFilter(Vp8Header header, int macroblocks) {
    simple = header.simpleFilter;
    sharpness = header.sharpness;
    levels = new byte[macroblocks];
    inner = new boolean[macroblocks];
  }

  /** Notes how a macroblock will be filtered, and whether between its blocks as well. */
  void note(int macroblock, int level, boolean hasInnerEdges) {
    levels[macroblock] = (byte) level;
    inner[macroblock] = hasInnerEdges;
  }

  /**
   * Filters a macroblock in one plane.
   *
   * @param at its first sample
   * @param size 16 in luma, 8 in chroma
   */
  void apply(int macroblock, boolean hasLeft, boolean hasAbove, Vp8Plane plane, int at, int size) {
    int level = levels[macroblock];
    if (level == 0 || (simple && size == 8)) {
      return;
    }
    samples = plane.samples;
    innerLimit = innerLimit(level);
    variance = level >= 40 ? 2 : level >= 15 ? 1 : 0;
    int limit = 2 * level + innerLimit;
    filterEdges(at, 1, plane.stride, size, hasLeft, inner[macroblock], limit);
    filterEdges(at, plane.stride, 1, size, hasAbove, inner[macroblock], limit);
  }

  private int innerLimit(int level) {
    int limit = level;
    if (sharpness > 0) {
      limit >>= sharpness > 4 ? 2 : 1;
      limit = Math.min(limit, 9 - sharpness);
    }
    return Math.max(limit, 1);
  }

  private void filterEdges(
      int at, int step, int along, int size, boolean outer, boolean within, int limit) {
    across = step;
    if (outer) {
      edgeLimit = 2 * (limit + 4) + 1;
      for (int i = 0; i < size; i++) {
        filterOuter(at + i * along);
      }
    }
    edgeLimit = 2 * limit + 1;
    for (int edge = 4; within && edge < size; edge += 4) {
      for (int i = 0; i < size; i++) {
        filterInner(at + edge * step + i * along);
      }
    }
  }

  private void filterOuter(int at) {
    filter(at, true);
  }

  private void filterInner(int at) {
    filter(at, false);
  }

  private void filter(int at, boolean outer) {
    if (simple) {
      if (isWithinEdge(at)) {
        filterTwo(at);
      }
    } else if (isSmooth(at)) {
      if (isVarying(at)) {
        filterTwo(at);
      } else if (outer) {
        filterSix(at);
      } else {
        filterFour(at);
      }
    }
  }

  private int sample(int at) {
    return samples[at] & 255;
  }

  private int difference(int a, int b) {
    return Math.abs(sample(a) - sample(b));
  }

  private boolean isWithinEdge(int at) {
    return 4 * difference(at - across, at) + difference(at - 2 * across, at + across) <= edgeLimit;
  }

  private boolean isSmooth(int at) {
    return isWithinEdge(at)
        && difference(at - 4 * across, at - 3 * across) <= innerLimit
        && difference(at - 3 * across, at - 2 * across) <= innerLimit
        && difference(at - 2 * across, at - across) <= innerLimit
        && difference(at + 3 * across, at + 2 * across) <= innerLimit
        && difference(at + 2 * across, at + across) <= innerLimit
        && difference(at + across, at) <= innerLimit;
  }

  private boolean isVarying(int at) {
    return difference(at - 2 * across, at - across) > variance
        || difference(at + across, at) > variance;
  }

  private void filterTwo(int at) {
    int step = 3 * (sample(at) - sample(at - across)) + outerDifference(at);
    change(at - across, eighth(step + 3));
    change(at, -eighth(step + 4));
  }

  private void filterFour(int at) {
    int step = 3 * (sample(at) - sample(at - across));
    int up = eighth(step + 4);
    int half = (up + 1) >> 1;
    change(at - 2 * across, half);
    change(at - across, eighth(step + 3));
    change(at, -up);
    change(at + across, -half);
  }

  private void filterSix(int at) {
    int step = signed(3 * (sample(at) - sample(at - across)) + outerDifference(at));
    for (int i = 0; i < 3; i++) {
      int change = ((27 - 9 * i) * step + 63) >> 7;
      change(at - (i + 1) * across, change);
      change(at + i * across, -change);
    }
  }

  private int outerDifference(int at) {
    return signed(sample(at - 2 * across) - sample(at + across));
  }

  private static int signed(int value) {
    return Math.clamp(value, -128, 127);
  }

  private static int eighth(int value) {
    return Math.clamp(value >> 3, -16, 15);
  }

  private void change(int at, int by) {
    samples[at] = (byte) Math.clamp(sample(at) + by, 0, 255);
  }
}
