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

  private static Pixels smooth(Pixels image, ResizeAxis columns, ResizeAxis rows) {
    // The rows that the second pass reads, and no others.
    int top = rows.least();
    int height = rows.end() - top;
    byte[] wide = new byte[Math.multiplyExact(height * columns.size(), image.bands())];
    int[] weights = columns.fixedPoint();
    for (int y = 0; y < height; y++) {
      switch (image.bands()) {
        case 1 -> oneBand(image, top + y, columns, weights, wide, y * columns.size());
        case 3 -> threeBands(image, top + y, columns, weights, wide, y * columns.size() * 3);
        default -> bands(image, top + y, columns, weights, wide, y * columns.size());
      }
    }
    return vertical(image.with(columns.size(), height, wide), rows, top);
  }

  private static void oneBand(
      Pixels image, int y, ResizeAxis columns, int[] weights, byte[] out, int to) {
    byte[] in = image.samples();
    int row = y * image.width();
    for (int x = 0; x < columns.size(); x++) {
      int at = row + columns.first()[x];
      int sum = HALF;
      for (int i = columns.start()[x]; i < columns.start()[x + 1]; i++) {
        sum += weights[i] * (in[at++] & 255);
      }
      out[to + x] = clipped(sum);
    }
  }

  private static void threeBands(
      Pixels image, int y, ResizeAxis columns, int[] weights, byte[] out, int to) {
    byte[] in = image.samples();
    int row = y * image.width();
    int next = to;
    for (int x = 0; x < columns.size(); x++) {
      int at = (row + columns.first()[x]) * 3;
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      for (int i = columns.start()[x]; i < columns.start()[x + 1]; i++) {
        int weight = weights[i];
        red += weight * (in[at] & 255);
        green += weight * (in[at + 1] & 255);
        blue += weight * (in[at + 2] & 255);
        at += 3;
      }
      out[next] = clipped(red);
      out[next + 1] = clipped(green);
      out[next + 2] = clipped(blue);
      next += 3;
    }
  }

  private static void bands(
      Pixels image, int y, ResizeAxis columns, int[] weights, byte[] out, int to) {
    byte[] in = image.samples();
    int bands = image.bands();
    for (int x = 0; x < columns.size(); x++) {
      for (int band = 0; band < bands; band++) {
        int at = (y * image.width() + columns.first()[x]) * bands + band;
        int sum = HALF;
        for (int i = columns.start()[x]; i < columns.start()[x + 1]; i++) {
          sum += weights[i] * (in[at] & 255);
          at += bands;
        }
        out[(to + x) * bands + band] = clipped(sum);
      }
    }
  }

  private static Pixels vertical(Pixels image, ResizeAxis rows, int top) {
    int stride = image.width() * image.bands();
    byte[] out = new byte[Math.multiplyExact(rows.size(), stride)];
    int[] weights = rows.fixedPoint();
    int[] sums = new int[stride];
    for (int y = 0; y < rows.size(); y++) {
      Arrays.fill(sums, HALF);
      int row = (rows.first()[y] - top) * stride;
      for (int i = rows.start()[y]; i < rows.start()[y + 1]; i++) {
        accumulate(sums, weights[i], image.samples(), row);
        row += stride;
      }
      for (int i = 0; i < stride; i++) {
        out[y * stride + i] = clipped(sums[i]);
      }
    }
    return image.with(image.width(), rows.size(), out);
  }

  private static void accumulate(int[] sums, int weight, byte[] samples, int from) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * (samples[from + i] & 255);
    }
  }

  private static byte clipped(int sum) {
    return (byte) Math.min(Math.max(sum >> PRECISION_BITS, 0), 255);
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
