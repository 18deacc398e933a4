package dev.weft.nn.image;

import java.awt.image.BufferedImage;

/**
 * Pillow's antialiased resize, bit for bit: a cubic filter (Keys, 1981, a = -1/2) that widens with
 * the reduction, applied to columns and then to rows, in fixed-point numbers of 22 bits and rounded
 * to 8 bits after each pass. CLIP's weights were trained on pictures reduced in this way; Java2D's
 * bicubic does not antialias and gives other ones.
 *
 * <p>As in Pillow, colours are weighted by alpha, and palette pictures take the nearest pixel.
 */
public final class PillowBicubic {
  private static final double A = -0.5;
  private static final double SUPPORT = 2;
  private static final int PRECISION_BITS = 22;
  private static final int HALF = 1 << (PRECISION_BITS - 1);

  private PillowBicubic() {}

  /** Resizes a picture; the result is {@code TYPE_INT_RGB}, alpha dropped. */
  public static BufferedImage resize(BufferedImage image, int width, int height) {
    if (width <= 0 || height <= 0) {
      throw new ImageException("resize: to " + width + " x " + height + " pixels");
    }
    return resize(Pixels.of(image), width, height, new Region(0, 0, width, height)).toImage();
  }

  /**
   * A part of the picture resized to {@code width} x {@code height}: only the pixels of {@code
   * region} are computed.
   */
  static Pixels resize(Pixels image, int width, int height, Region region) {
    if (image.kind() == Pixels.Kind.PALETTE
        || (image.width() == width && image.height() == height)) {
      return nearest(image, width, height, region);
    }
    if (image.kind().hasAlpha()) {
      return smooth(image.premultiplied(), width, height, region).unpremultiplied();
    }
    return smooth(image, width, height, region);
  }

  private static Pixels smooth(Pixels image, int width, int height, Region region) {
    Axis columns = Axis.of(image.width(), width, region.x(), region.width());
    Axis rows = Axis.of(image.height(), height, region.y(), region.height());
    // The rows that the second pass reads, and no others.
    int top = rows.least();
    Pixels wide = horizontal(image, columns, top, rows.end() - top);
    return vertical(wide, rows, top);
  }

  private static Pixels horizontal(Pixels image, Axis columns, int top, int height) {
    int bands = image.bands();
    byte[] in = image.samples();
    byte[] out = new byte[Math.multiplyExact(height * columns.size(), bands)];
    for (int y = 0; y < height; y++) {
      int row = (top + y) * image.width() * bands;
      for (int x = 0; x < columns.size(); x++) {
        for (int band = 0; band < bands; band++) {
          int start = row + columns.first[x] * bands + band;
          out[(y * columns.size() + x) * bands + band] = columns.weigh(x, in, start, bands);
        }
      }
    }
    return image.with(columns.size(), height, out);
  }

  private static Pixels vertical(Pixels image, Axis rows, int top) {
    int stride = image.width() * image.bands();
    byte[] in = image.samples();
    byte[] out = new byte[Math.multiplyExact(rows.size(), stride)];
    for (int y = 0; y < rows.size(); y++) {
      int start = (rows.first[y] - top) * stride;
      for (int i = 0; i < stride; i++) {
        out[y * stride + i] = rows.weigh(y, in, start + i, stride);
      }
    }
    return image.with(image.width(), rows.size(), out);
  }

  /** For each output pixel along one axis: which input pixels it mixes, and how much of each. */
  private record Axis(int[] first, int[][] weights) {

    static Axis of(int inSize, int outSize, int from, int count) {
      double scale = (double) inSize / outSize;
      double stretch = Math.max(scale, 1);
      double support = SUPPORT * stretch;
      int[] first = new int[count];
      int[][] weights = new int[count][];
      for (int i = 0; i < count; i++) {
        double centre = (from + i + 0.5) * scale;
        first[i] = Math.max((int) (centre - support + 0.5), 0);
        int end = Math.min((int) (centre + support + 0.5), inSize);
        weights[i] = fixedPoint(first[i], end, centre, stretch);
      }
      return new Axis(first, weights);
    }

    private static int[] fixedPoint(int first, int end, double centre, double stretch) {
      double[] exact = new double[end - first];
      double sum = 0;
      // Multiplied by the reciprocal, because Pillow does and it is not the same to the last bit.
      double reciprocal = 1 / stretch;
      for (int i = 0; i < exact.length; i++) {
        exact[i] = cubic((first + i - centre + 0.5) * reciprocal);
        sum += exact[i];
      }
      int[] fixed = new int[exact.length];
      for (int i = 0; i < exact.length; i++) {
        double weight = (sum != 0 ? exact[i] / sum : exact[i]) * (1 << PRECISION_BITS);
        fixed[i] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
      }
      return fixed;
    }

    /** Samples {@code start, start + step, …} weighed for an output pixel, clipped to 8 bits. */
    byte weigh(int pixel, byte[] samples, int start, int step) {
      int[] weight = weights[pixel];
      int sum = HALF;
      int at = start;
      for (int i = 0; i < weight.length; i++) {
        sum += weight[i] * Byte.toUnsignedInt(samples[at]);
        at += step;
      }
      return (byte) Math.clamp(sum >> PRECISION_BITS, 0, 255);
    }

    int size() {
      return first.length;
    }

    int least() {
      return first.length == 0 ? 0 : first[0];
    }

    /** One after the last input pixel that is used. */
    int end() {
      int end = 0;
      for (int i = 0; i < first.length; i++) {
        end = Math.max(end, first[i] + weights[i].length);
      }
      return end;
    }
  }

  private static double cubic(double x) {
    double distance = Math.abs(x);
    if (distance < 1) {
      return ((A + 2) * distance - (A + 3)) * distance * distance + 1;
    }
    if (distance < 2) {
      return (((distance - 5) * distance + 8) * distance - 4) * A;
    }
    return 0;
  }

  private static Pixels nearest(Pixels image, int width, int height, Region region) {
    int bands = image.bands();
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
