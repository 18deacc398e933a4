package dev.weft.nn.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Samples of 8 bits as Pillow keeps them: 1 band is grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
 *
 * @param samples [height, width, bands]
 * @param palette whether the colours came from a palette, whose indices cannot be interpolated
 */
record Pixels(int width, int height, int bands, byte[] samples, boolean palette) {

  /** Whether the last band is alpha. */
  boolean hasAlpha() {
    return bands == 2 || bands == 4;
  }

  /** The same kind of picture with other samples. */
  Pixels with(int newWidth, int newHeight, byte[] newSamples) {
    return new Pixels(newWidth, newHeight, bands, newSamples, palette);
  }

  /** A sample of a colour (0 red, 1 green, 2 blue), from 0 to 255. */
  int colour(int x, int y, int channel) {
    int band = bands < 3 ? 0 : channel;
    return Byte.toUnsignedInt(samples[(y * width + x) * bands + band]);
  }

  /** The samples of a picture. */
  static Pixels of(BufferedImage image) {
    if (image.getColorModel() instanceof IndexColorModel colours) {
      return isGreyRamp(colours) ? rgbValues(image, 1, false) : rgbValues(image, 3, true);
    }
    return hasPlainSamples(image) ? plainSamples(image) : converted(image);
  }

  /** Grey of 2 or 4 bits is decoded into a palette, which it isn't; of 1 bit Pillow agrees. */
  private static boolean isGreyRamp(IndexColorModel colours) {
    int size = colours.getMapSize();
    boolean ramp = size == 4 || size == 16;
    for (int i = 0; ramp && i < size; i++) {
      int grey = 255 * i / (size - 1);
      ramp = colours.getRGB(i) == (0xFF000000 | grey * 0x010101);
    }
    return ramp;
  }

  /**
   * Grey or RGB in separate samples. These are taken as they are stored: the colour model would
   * send grey through a gamma curve and RGB through the file's profile, and Pillow does neither.
   */
  private static boolean hasPlainSamples(BufferedImage image) {
    ColorModel model = image.getColorModel();
    int type = model.getColorSpace().getType();
    int colours = type == ColorSpace.TYPE_GRAY ? 1 : type == ColorSpace.TYPE_RGB ? 3 : 0;
    int transfer = image.getRaster().getTransferType();
    return colours > 0
        && image.getRaster().getNumBands() == colours + (model.hasAlpha() ? 1 : 0)
        && !model.isAlphaPremultiplied()
        && image.getRaster().getSampleModel() instanceof ComponentSampleModel
        && (transfer == DataBuffer.TYPE_BYTE || transfer == DataBuffer.TYPE_USHORT);
  }

  private static Pixels plainSamples(BufferedImage image) {
    Raster raster = image.getRaster();
    int bands = raster.getNumBands();
    int width = image.getWidth();
    int shift = raster.getTransferType() == DataBuffer.TYPE_USHORT ? 8 : 0;
    byte[] samples = new byte[Math.multiplyExact(width * image.getHeight(), bands)];
    int[] row = new int[width * bands];
    for (int y = 0; y < image.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int i = 0; i < row.length; i++) {
        samples[y * row.length + i] = (byte) (row[i] >> shift);
      }
    }
    return new Pixels(width, image.getHeight(), bands, samples, false);
  }

  private static Pixels converted(BufferedImage image) {
    ColorModel model = image.getColorModel();
    if (model.getNumColorComponents() > 3) {
      throw new ImageException(
          "a picture of " + model.getNumColorComponents() + " inks; save it as RGB");
    }
    return rgbValues(image, model.hasAlpha() ? 4 : 3, false);
  }

  private static Pixels rgbValues(BufferedImage image, int bands, boolean palette) {
    int width = image.getWidth();
    byte[] samples = new byte[Math.multiplyExact(width * image.getHeight(), bands)];
    int[] row = new int[width];
    int next = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        for (int band = 0; band < bands; band++) {
          samples[next++] = (byte) (band == 3 ? argb >>> 24 : argb >> (16 - 8 * band));
        }
      }
    }
    return new Pixels(width, image.getHeight(), bands, samples, palette);
  }

  /** The colours without alpha. */
  BufferedImage toImage() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, colour(x, y, 0) << 16 | colour(x, y, 1) << 8 | colour(x, y, 2));
      }
    }
    return image;
  }

  /** Colours multiplied by alpha: transparent pixels must not bleed into their neighbours. */
  Pixels premultiplied() {
    byte[] result = samples.clone();
    for (int i = 0; i < result.length; i += bands) {
      int alpha = Byte.toUnsignedInt(samples[i + bands - 1]);
      for (int band = 0; band < bands - 1; band++) {
        // x · alpha / 255, rounded, in Pillow's integers.
        int product = Byte.toUnsignedInt(samples[i + band]) * alpha + 128;
        result[i + band] = (byte) ((product + (product >> 8)) >> 8);
      }
    }
    return with(width, height, result);
  }

  /** The reverse of {@link #premultiplied}, as far as bits allow. */
  Pixels unpremultiplied() {
    byte[] result = samples.clone();
    for (int i = 0; i < result.length; i += bands) {
      int alpha = Byte.toUnsignedInt(samples[i + bands - 1]);
      for (int band = 0; band < bands - 1 && alpha != 0 && alpha != 255; band++) {
        int colour = 255 * Byte.toUnsignedInt(samples[i + band]) / alpha;
        result[i + band] = (byte) Math.min(colour, 255);
      }
    }
    return with(width, height, result);
  }
}
