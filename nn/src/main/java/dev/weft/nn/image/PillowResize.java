package dev.weft.nn.image;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Pillow's antialiased resize, bit for bit: a filter that widens with the reduction, applied to
 * columns and then to rows, in fixed-point numbers of 22 bits and rounded to 8 bits after each
 * pass. CLIP's weights were trained on pictures reduced in this way; Java2D's bicubic does not
 * antialias and gives other ones.
 *
 * <p>As in Pillow, colours are weighted by alpha, palette pictures and those of one bit take the
 * nearest pixel whatever the filter, and grey of 16 bits is weighed in float64.
 */
public final class PillowResize {
  private static final int PRECISION_BITS = ResizeAxis.PRECISION_BITS;
  private static final int HALF = 1 << (PRECISION_BITS - 1);

  private PillowResize() {}

  /** Resizes a picture; the result is {@code TYPE_INT_RGB}, alpha dropped. */
  public static BufferedImage resize(
      BufferedImage image, int width, int height, PillowFilter filter) {
    if (width <= 0 || height <= 0) {
      throw new ImageException("resize: to " + width + " x " + height + " pixels");
    }
    Region whole = new Region(0, 0, width, height);
    return resize(Pixels.of(image), width, height, whole, filter).toImage();
  }

  /**
   * A part of the picture resized to {@code width} x {@code height}: only the pixels of {@code
   * region} are computed.
   */
  static Pixels resize(Pixels image, int width, int height, Region region, PillowFilter filter) {
    if (filter == PillowFilter.NEAREST
        || image.kind() == Pixels.Kind.PALETTE
        || (image.width() == width && image.height() == height)) {
      return nearest(image, width, height, region);
    }
    ResizeAxis columns = ResizeAxis.of(filter, image.width(), width, region.x(), region.width());
    ResizeAxis rows = ResizeAxis.of(filter, image.height(), height, region.y(), region.height());
    if (image.kind() == Pixels.Kind.WIDE_GREY) {
      return wide(image, columns, rows);
    }
    if (image.kind().hasAlpha()) {
      return smooth(image.premultiplied(), columns, rows).unpremultiplied();
    }
    return smooth(image, columns, rows);
  }

  /**
   * Rows are narrowed, two at a time, when the first output row asks for them, and live in little
   * more memory than an output row mixes; as ints, so that the second pass runs over whole vectors.
   */
  private static Pixels smooth(Pixels image, ResizeAxis columns, ResizeAxis rows) {
    int stride = columns.size() * image.bands();
    int[][] narrowed = new int[rows.longest() + 1][stride];
    long[] packed = new long[image.width() * image.bands()];
    int[] columnWeights = columns.fixedPoint();
    int[] rowWeights = rows.fixedPoint();
    byte[] out = new byte[Math.multiplyExact(rows.size(), stride)];
    int[] sums = new int[stride];
    int ready = rows.least();
    for (int y = 0; y < rows.size(); y++) {
      Arrays.fill(sums, HALF);
      int row = rows.first()[y];
      for (int i = rows.start()[y]; i < rows.start()[y + 1]; i++) {
        int[] samples = narrowed[row % narrowed.length];
        if (row >= ready) {
          pack(image, row, packed);
          int[] next = narrowed[(row + 1) % narrowed.length];
          narrow(packed, image.bands(), columns, columnWeights, samples, next);
          ready = row + 2;
        }
        accumulate(sums, rowWeights[i], samples);
        row++;
      }
      for (int i = 0; i < stride; i++) {
        out[y * stride + i] = (byte) clipped(sums[i]);
      }
    }
    return image.with(columns.size(), rows.size(), out);
  }

  private static void accumulate(int[] sums, int weight, int[] samples) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * samples[i];
    }
  }

  /** Two rows in one: the samples of the row after {@code y}, if there is one, 32 bits higher. */
  private static void pack(Pixels image, int y, long[] packed) {
    byte[] in = image.samples();
    int row = y * packed.length;
    int next = y + 1 < image.height() ? row + packed.length : row;
    for (int i = 0; i < packed.length; i++) {
      packed[i] = (in[row + i] & 255) | (long) (in[next + i] & 255) << 32;
    }
  }

  /**
   * Weighs along two packed rows at once: no sum of products reaches 32 bits, so the lower one only
   * borrows from the upper one, which gives it back.
   */
  private static void narrow(
      long[] packed, int bands, ResizeAxis columns, int[] weights, int[] out, int[] nextOut) {
    int[] first = columns.first();
    int[] start = columns.start();
    for (int x = 0; x < first.length; x++) {
      if (bands == 3) {
        threeBands(packed, first[x] * 3, weights, start[x], start[x + 1], out, nextOut, 3 * x);
        continue;
      }
      for (int band = 0; band < bands; band++) {
        long sum = 0;
        int at = first[x] * bands + band;
        for (int i = start[x]; i < start[x + 1]; i++) {
          sum += weights[i] * packed[at];
          at += bands;
        }
        unpack(sum, out, nextOut, x * bands + band);
      }
    }
  }

  private static void threeBands(
      long[] packed, int from, int[] weights, int start, int end, int[] out, int[] next, int to) {
    long red = 0;
    long green = 0;
    long blue = 0;
    int at = from;
    for (int i = start; i < end; i++) {
      long weight = weights[i];
      red += weight * packed[at];
      green += weight * packed[at + 1];
      blue += weight * packed[at + 2];
      at += 3;
    }
    unpack(red, out, next, to);
    unpack(green, out, next, to + 1);
    unpack(blue, out, next, to + 2);
  }

  private static void unpack(long sum, int[] out, int[] next, int to) {
    int low = (int) sum;
    out[to] = clipped(low + HALF);
    next[to] = clipped((int) ((sum - low) >> 32) + HALF);
  }

  private static int clipped(int sum) {
    return Math.min(Math.max(sum >> PRECISION_BITS, 0), 255);
  }

  /** Grey of 16 bits, rounded to whole numbers after each pass and to 8 bits at the end. */
  private static Pixels wide(Pixels image, ResizeAxis columns, ResizeAxis rows) {
    int top = rows.least();
    int[] wide = new int[Math.multiplyExact(rows.end() - top, columns.size())];
    for (int i = 0; i < wide.length; i++) {
      int x = i % columns.size();
      int at = (top + i / columns.size()) * image.width() + columns.first()[x];
      double sum = 0;
      for (int k = columns.start()[x]; k < columns.start()[x + 1]; k++) {
        sum += image.wideSample(at++) * columns.weights()[k];
      }
      wide[i] = rounded(sum);
    }
    byte[] out = new byte[Math.multiplyExact(rows.size(), columns.size())];
    for (int i = 0; i < out.length; i++) {
      int y = i / columns.size();
      int at = (rows.first()[y] - top) * columns.size() + i % columns.size();
      double sum = 0;
      for (int k = rows.start()[y]; k < rows.start()[y + 1]; k++) {
        sum += wide[at] * rows.weights()[k];
        at += columns.size();
      }
      out[i] = (byte) Math.clamp(rounded(sum), 0, 255);
    }
    return new Pixels(columns.size(), rows.size(), Pixels.Kind.GREY, out);
  }

  /** Half away from zero. */
  private static int rounded(double value) {
    return (int) (value < 0 ? value - 0.5 : value + 0.5);
  }

  private static Pixels nearest(Pixels image, int width, int height, Region region) {
    int bands = image.kind().bytes();
    int[] columns = nearest(image.width(), width, region.x(), region.width());
    int[] rows = nearest(image.height(), height, region.y(), region.height());
    byte[] out = new byte[Math.multiplyExact(rows.length * columns.length, bands)];
    int next = 0;
    for (int row : rows) {
      for (int column : columns) {
        System.arraycopy(image.samples(), (row * image.width() + column) * bands, out, next, bands);
        next += bands;
      }
    }
    return image.with(columns.length, rows.length, out);
  }

  private static int[] nearest(int inSize, int outSize, int from, int count) {
    int[] source = new int[count];
    double scale = (double) inSize / outSize;
    // Added up pixel by pixel, as Pillow does, so that rounding errors are the same.
    double at = 0.5 * scale;
    for (int i = 0; i < from + count; i++) {
      if (i >= from) {
        source[i - from] = Math.min((int) at, inSize - 1);
      }
      at += scale;
    }
    return source;
  }
}
