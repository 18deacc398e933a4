package dev.weft.nn.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/** Pictures of Java over samples that were decoded; {@link PixelReader} finds them again. */
final class SampleImages {
  private SampleImages() {}

  static BufferedImage of(Pixels pixels) {
    int width = pixels.width();
    int height = pixels.height();
    int bands = pixels.bands();
    if (pixels.kind() == Pixels.Kind.WIDE_GREY) {
      return wide(pixels);
    }
    int[] offsets = new int[bands];
    for (int band = 0; band < bands; band++) {
      offsets[band] = band;
    }
    DataBufferByte buffer = new DataBufferByte(pixels.samples(), pixels.samples().length);
    WritableRaster raster =
        Raster.createInterleavedRaster(buffer, width, height, width * bands, bands, offsets, null);
    return image(colours(pixels.kind()), raster);
  }

  private static BufferedImage image(ColorModel colours, WritableRaster raster) {
    return new BufferedImage(colours, raster, false, null);
  }

  private static BufferedImage wide(Pixels pixels) {
    int width = pixels.width();
    int height = pixels.height();
    short[] samples = new short[width * height];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) pixels.wideSample(i);
    }
    DataBufferUShort buffer = new DataBufferUShort(samples, samples.length);
    WritableRaster raster =
        Raster.createInterleavedRaster(buffer, width, height, width, 1, new int[] {0}, null);
    ColorSpace grey = ColorSpace.getInstance(ColorSpace.CS_GRAY);
    return image(
        new ComponentColorModel(grey, false, false, Transparency.OPAQUE, DataBuffer.TYPE_USHORT),
        raster);
  }

  private static ColorModel colours(Pixels.Kind kind) {
    ColorSpace space =
        switch (kind) {
          case GREY, WIDE_GREY, GREY_ALPHA -> ColorSpace.getInstance(ColorSpace.CS_GRAY);
          case RGB, RGB_ALPHA -> ColorSpace.getInstance(ColorSpace.CS_sRGB);
          case CMYK -> new InkSpace();
          case PALETTE -> throw new IllegalStateException("a palette picture is made of indices");
        };
    int transparency = kind.hasAlpha() ? Transparency.TRANSLUCENT : Transparency.OPAQUE;
    return new ComponentColorModel(
        space, kind.hasAlpha(), false, transparency, DataBuffer.TYPE_BYTE);
  }

  /**
   * A palette picture.
   *
   * @param indices [height, width]
   * @param rgb three bytes a colour; as in Pillow, indices beyond them are greys
   */
  static BufferedImage palette(int width, int height, byte[] indices, byte[] rgb) {
    byte[] colours = new byte[3 * 256];
    for (int i = 0; i < colours.length; i++) {
      colours[i] = i < rgb.length ? rgb[i] : (byte) (i / 3);
    }
    DataBufferByte buffer = new DataBufferByte(indices, indices.length);
    WritableRaster raster =
        Raster.createInterleavedRaster(buffer, width, height, width, 1, new int[] {0}, null);
    return image(new IndexColorModel(8, 256, colours, 0, false), raster);
  }

  /**
   * Black and white.
   *
   * @param bits [height, width], each 0 or 1
   */
  static BufferedImage bilevel(int width, int height, byte[] bits) {
    return palette(width, height, bits, new byte[] {0, 0, 0, -1, -1, -1});
  }
}
