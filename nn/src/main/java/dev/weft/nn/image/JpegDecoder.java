package dev.weft.nn.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;

/**
 * JPEG files through the JDK's libjpeg, whose inverse DCT, chroma interpolation and colours are
 * those of Pillow's to the bit. {@link JpegFile} gives it nothing but what pixels are made of: the
 * JDK stumbles over metadata and guesses colour spaces otherwise. As in Pillow, EXIF's orientation
 * and colour profiles are not applied.
 */
final class JpegDecoder {
  private JpegDecoder() {}

  static BufferedImage decode(byte[] file, PixelLimit limit) throws IOException {
    JpegFile jpeg = JpegFile.parse(file, limit);
    ImageReader reader = reader();
    try (ImageInputStream stream = jpeg.stream()) {
      reader.setInput(stream, true, true);
      EndWatch end = new EndWatch();
      reader.addIIOReadWarningListener(end);
      BufferedImage image = decode(reader, jpeg);
      if (end.reachedEarly) {
        throw new IOException("the file is cut short");
      }
      return image;
    } finally {
      reader.dispose();
    }
  }

  private static BufferedImage decode(ImageReader reader, JpegFile jpeg) throws IOException {
    if (jpeg.hasInks()) {
      return inks(reader, jpeg);
    }
    boolean repeated =
        jpeg.colours() == JpegFile.Colours.YCBCR && (jpeg.isHalfAsHigh(1) || jpeg.isHalfAsHigh(2));
    return repeated ? halfAsHigh(reader, jpeg) : plain(reader, jpeg);
  }

  /** The JDK's own, whatever plug-ins there are. */
  private static ImageReader reader() {
    Module jdk = ImageIO.class.getModule();
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule() == jdk) {
        return reader;
      }
      reader.dispose();
    }
    throw new IllegalStateException("this Java has no JPEG reader");
  }

  private static BufferedImage plain(ImageReader reader, JpegFile jpeg) throws IOException {
    Pixels.Kind kind = jpeg.components() == 1 ? Pixels.Kind.GREY : Pixels.Kind.RGB;
    byte[] samples = new byte[jpeg.width() * jpeg.height() * kind.bands()];
    BufferedImage image = new Pixels(jpeg.width(), jpeg.height(), kind, samples).toBufferedImage();
    ImageReadParam into = reader.getDefaultReadParam();
    into.setDestination(image);
    return reader.read(0, into);
  }

  /**
   * Chroma of 4:4:0, as pictures of 4:2:2 that were turned have it: the JDK's libjpeg repeats its
   * rows, the one of Pillow weighs the nearer row by 3 and the other one by 1.
   */
  private static BufferedImage halfAsHigh(ImageReader reader, JpegFile jpeg) throws IOException {
    Raster raster = reader.readRaster(0, null);
    int width = jpeg.width();
    int lastRow = jpeg.height() - 1;
    byte[] samples = new byte[width * jpeg.height() * 3];
    int[] row = new int[3 * width];
    int[] next = new int[3 * width];
    for (int y = 0; y <= lastRow; y++) {
      raster.getPixels(0, y, width, 1, row);
      boolean odd = y % 2 != 0;
      raster.getPixels(0, Math.clamp(odd ? y + 1 : y - 1, 0, lastRow), width, 1, next);
      for (int component = 1; component < 3; component++) {
        for (int i = component; jpeg.isHalfAsHigh(component) && i < row.length; i += 3) {
          row[i] = (3 * row[i] + next[i] + (odd ? 2 : 1)) >> 2;
        }
      }
      for (int i = 0; i < row.length; i += 3) {
        JpegColours.toLight(row, i);
      }
      for (int i = 0; i < row.length; i++) {
        samples[y * row.length + i] = (byte) row[i];
      }
    }
    return new Pixels(width, jpeg.height(), Pixels.Kind.RGB, samples).toBufferedImage();
  }

  /** Four inks, which files hold inverted, as Adobe began to do. */
  private static BufferedImage inks(ImageReader reader, JpegFile jpeg) throws IOException {
    Raster raster = reader.readRaster(0, null);
    byte[] samples = new byte[jpeg.width() * jpeg.height() * 4];
    int[] row = new int[jpeg.width() * 4];
    int next = 0;
    for (int y = 0; y < jpeg.height(); y++) {
      raster.getPixels(0, y, jpeg.width(), 1, row);
      if (jpeg.colours() == JpegFile.Colours.YCCK) {
        JpegColours.toInks(row);
      }
      for (int sample : row) {
        samples[next++] = (byte) (255 - sample);
      }
    }
    return new Pixels(jpeg.width(), jpeg.height(), Pixels.Kind.CMYK, samples).toBufferedImage();
  }

  /** The decoder fills what is missing with grey and merely warns. */
  private static final class EndWatch implements IIOReadWarningListener {
    private boolean reachedEarly;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      reachedEarly |= warning.toLowerCase(Locale.ROOT).contains("premature end");
    }
  }
}
