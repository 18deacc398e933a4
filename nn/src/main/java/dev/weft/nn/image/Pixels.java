package dev.weft.nn.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Samples of 8 bits, as Pillow keeps them.
 *
 * @param samples [height, width, bands]
 */
record Pixels(int width, int height, Kind kind, byte[] samples) {

  /** What the bands mean; Pillow resizes each in its own way. */
  enum Kind {
    GREY(1),
    GREY_ALPHA(2),
    RGB(3),
    /** RGB that came from a palette, whose indices cannot be interpolated. */
    PALETTE(3),
    RGB_ALPHA(4),
    /** Inks: 0 is paper. */
    CMYK(4);

    private final int bands;

    Kind(int bands) {
      this.bands = bands;
    }

    boolean hasAlpha() {
      return this == GREY_ALPHA || this == RGB_ALPHA;
    }
  }

  /** Samples of a pixel. */
  int bands() {
    return kind.bands;
  }

  /** The same kind of picture with other samples. */
  Pixels with(int newWidth, int newHeight, byte[] newSamples) {
    return new Pixels(newWidth, newHeight, kind, newSamples);
  }

  /** A sample of a colour (0 red, 1 green, 2 blue), from 0 to 255. */
  int colour(int x, int y, int channel) {
    int pixel = (y * width + x) * bands();
    int sample = Byte.toUnsignedInt(samples[pixel + (bands() < 3 ? 0 : channel)]);
    if (kind == Kind.CMYK) {
      int light = 255 - Byte.toUnsignedInt(samples[pixel + 3]);
      return light - multiply(sample, light);
    }
    return sample;
  }

  /** a · b / 255, rounded, in Pillow's integers. */
  private static int multiply(int a, int b) {
    int product = a * b + 128;
    return (product + (product >> 8)) >> 8;
  }

  /** The samples of a picture. */
  static Pixels of(BufferedImage image) {
    if (image.getColorModel() instanceof IndexColorModel colours) {
      return rgbValues(image, isGreyRamp(colours) ? Kind.GREY : Kind.PALETTE);
    }
    Kind kind = plainKind(image);
    return kind == null ? converted(image) : plainSamples(image, kind);
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
   * What separate samples mean, or null where they are not plain. They are taken as they are
   * stored: the colour model would send grey through a gamma curve and RGB through the file's
   * profile, and Pillow does neither.
   */
  private static Kind plainKind(BufferedImage image) {
    ColorModel model = image.getColorModel();
    Raster raster = image.getRaster();
    int transfer = raster.getTransferType();
    if (model.isAlphaPremultiplied()
        || !(raster.getSampleModel() instanceof ComponentSampleModel)
        || (transfer != DataBuffer.TYPE_BYTE && transfer != DataBuffer.TYPE_USHORT)) {
      return null;
    }
    boolean alpha = model.hasAlpha();
    Kind kind =
        switch (model.getColorSpace().getType()) {
          case ColorSpace.TYPE_GRAY -> alpha ? Kind.GREY_ALPHA : Kind.GREY;
          case ColorSpace.TYPE_RGB -> alpha ? Kind.RGB_ALPHA : Kind.RGB;
          case ColorSpace.TYPE_CMYK -> alpha ? null : Kind.CMYK;
          default -> null;
        };
    return kind == null || kind.bands == raster.getNumBands() ? kind : null;
  }

  private static Pixels plainSamples(BufferedImage image, Kind kind) {
    Raster raster = image.getRaster();
    int width = image.getWidth();
    // Of 16 bits the high byte.
    int shift = raster.getTransferType() == DataBuffer.TYPE_USHORT ? 8 : 0;
    byte[] samples = new byte[Math.multiplyExact(width * image.getHeight(), kind.bands)];
    int[] row = new int[width * kind.bands];
    for (int y = 0; y < image.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int i = 0; i < row.length; i++) {
        samples[y * row.length + i] = (byte) (row[i] >> shift);
      }
    }
    return new Pixels(width, image.getHeight(), kind, samples);
  }

  private static Pixels converted(BufferedImage image) {
    return rgbValues(image, image.getColorModel().hasAlpha() ? Kind.RGB_ALPHA : Kind.RGB);
  }

  private static Pixels rgbValues(BufferedImage image, Kind kind) {
    int width = image.getWidth();
    byte[] samples = new byte[Math.multiplyExact(width * image.getHeight(), kind.bands)];
    int[] row = new int[width];
    int next = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        for (int band = 0; band < kind.bands; band++) {
          samples[next++] = (byte) (band == 3 ? argb >>> 24 : argb >> (16 - 8 * band));
        }
      }
    }
    return new Pixels(width, image.getHeight(), kind, samples);
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
    int bands = bands();
    for (int i = 0; i < result.length; i += bands) {
      int alpha = Byte.toUnsignedInt(samples[i + bands - 1]);
      for (int band = 0; band < bands - 1; band++) {
        result[i + band] = (byte) multiply(Byte.toUnsignedInt(samples[i + band]), alpha);
      }
    }
    return with(width, height, result);
  }

  /** The reverse of {@link #premultiplied}, as far as bits allow. */
  Pixels unpremultiplied() {
    byte[] result = samples.clone();
    int bands = bands();
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
