package dev.weft.nn.image;

import dev.weft.nn.image.Pixels.Kind;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/** The samples of pictures of Java, also of those that were made in memory. */
final class PixelReader {
  private PixelReader() {}

  static Pixels read(BufferedImage image) {
    if (image.getColorModel() instanceof IndexColorModel colours) {
      return image.getRaster().getNumBands() == 1
          ? indexed(image, colours)
          : rgbValues(image, Kind.PALETTE);
    }
    if (image.getType() == BufferedImage.TYPE_USHORT_555_RGB
        || image.getType() == BufferedImage.TYPE_USHORT_565_RGB) {
      return fewBits(image);
    }
    Kind kind = plainKind(image);
    if (kind == null) {
      return rgbValues(image, image.getColorModel().hasAlpha() ? Kind.RGB_ALPHA : Kind.RGB);
    }
    byte[] shared = shared(image.getRaster(), kind);
    if (shared != null) {
      return new Pixels(image.getWidth(), image.getHeight(), kind, shared);
    }
    return plainSamples(image, kind);
  }

  private static Pixels indexed(BufferedImage image, IndexColorModel colours) {
    Raster raster = image.getRaster();
    int width = image.getWidth();
    byte[] samples = new byte[Math.multiplyExact(width * image.getHeight(), 3)];
    int[] row = new int[width];
    int next = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int index : row) {
        samples[next++] = (byte) colours.getRed(index);
        samples[next++] = (byte) colours.getGreen(index);
        samples[next++] = (byte) colours.getBlue(index);
      }
    }
    return new Pixels(width, image.getHeight(), Kind.PALETTE, samples);
  }

  /** Five or six bits of a sample spread over 0 to 255 and cut off, where Java would round. */
  private static Pixels fewBits(BufferedImage image) {
    Raster raster = image.getRaster();
    int width = image.getWidth();
    byte[] samples = new byte[Math.multiplyExact(width * image.getHeight(), 3)];
    int[] row = new int[3 * width];
    for (int y = 0; y < image.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int i = 0; i < row.length; i++) {
        int max = (1 << raster.getSampleModel().getSampleSize(i % 3)) - 1;
        samples[y * row.length + i] = (byte) (row[i] * 255 / max);
      }
    }
    return new Pixels(width, image.getHeight(), Kind.RGB, samples);
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
    boolean wide = transfer == DataBuffer.TYPE_USHORT;
    Kind kind =
        switch (model.getColorSpace().getType()) {
          case ColorSpace.TYPE_GRAY -> alpha ? Kind.GREY_ALPHA : wide ? Kind.WIDE_GREY : Kind.GREY;
          case ColorSpace.TYPE_RGB -> alpha ? Kind.RGB_ALPHA : Kind.RGB;
          case ColorSpace.TYPE_CMYK -> alpha ? null : Kind.CMYK;
          default -> null;
        };
    return kind == null || kind.bands() == raster.getNumBands() ? kind : null;
  }

  /** The array itself where it lies as {@link Pixels} wants it, else null. */
  private static byte[] shared(Raster raster, Kind kind) {
    if (!(raster.getDataBuffer() instanceof DataBufferByte buffer)
        || !(raster.getSampleModel() instanceof ComponentSampleModel model)
        || buffer.getNumBanks() != 1
        || buffer.getOffset() != 0
        || raster.getSampleModelTranslateX() != 0
        || raster.getSampleModelTranslateY() != 0
        || raster.getMinX() != 0
        || raster.getMinY() != 0
        || model.getPixelStride() != kind.bands()
        || model.getScanlineStride() != raster.getWidth() * kind.bands()
        || buffer.getData().length != raster.getHeight() * model.getScanlineStride()) {
      return null;
    }
    for (int band = 0; band < kind.bands(); band++) {
      if (model.getBandOffsets()[band] != band) {
        return null;
      }
    }
    return buffer.getData();
  }

  private static Pixels plainSamples(BufferedImage image, Kind kind) {
    Raster raster = image.getRaster();
    int width = image.getWidth();
    boolean wide = raster.getTransferType() == DataBuffer.TYPE_USHORT;
    byte[] samples = new byte[Math.multiplyExact(width * image.getHeight(), kind.bytes())];
    int[] row = new int[width * kind.bands()];
    int next = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int sample : row) {
        // Of 16 bits the high byte, but for grey alone.
        samples[next++] = (byte) (wide ? sample >> 8 : sample);
        if (kind == Kind.WIDE_GREY) {
          samples[next++] = (byte) sample;
        }
      }
    }
    return new Pixels(width, image.getHeight(), kind, samples);
  }

  private static Pixels rgbValues(BufferedImage image, Kind kind) {
    int width = image.getWidth();
    int bands = kind.bands();
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
    return new Pixels(width, image.getHeight(), kind, samples);
  }
}
