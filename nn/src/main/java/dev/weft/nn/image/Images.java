package dev.weft.nn.image;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;

/** Reading picture files: what {@link ImageIO} reads (JPEG, PNG, GIF, BMP, TIFF). */
public final class Images {
  /** A small file may unpack to any size; this many pixels take 256 MiB. */
  public static final long MAX_PIXELS = 1L << 26;

  private Images() {}

  /**
   * Decodes a file (the first picture of an animation) as it is stored: palette, grey and alpha
   * stay what they are, since {@link ClipPreprocessor} treats them differently; {@link #toRgb}
   * makes them plain.
   *
   * @throws ImageException if the file is missing, no picture, damaged, cut short, or has more than
   *     {@link #MAX_PIXELS}
   */
  public static BufferedImage read(Path file) {
    return read(file, MAX_PIXELS);
  }

  /** The same with another limit. */
  public static BufferedImage read(Path file, long maxPixels) {
    if (!Files.isRegularFile(file)) {
      String reason = Files.exists(file) ? ": is not a file" : ": no such file";
      throw new ImageException(file + reason);
    }
    try (ImageInputStream stream = open(file.toFile())) {
      return decode(file, stream, maxPixels);
    } catch (IOException e) {
      throw broken(file, e);
    }
  }

  private static ImageInputStream open(File file) throws IOException {
    ImageInputStream stream = ImageIO.createImageInputStream(file);
    if (stream == null) {
      throw new IOException("cannot be opened");
    }
    return stream;
  }

  private static BufferedImage decode(Path file, ImageInputStream stream, long maxPixels)
      throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
    if (!readers.hasNext()) {
      throw new ImageException(file + ": not a picture in a known format (JPEG, PNG, GIF, BMP)");
    }
    ImageReader reader = readers.next();
    try {
      reader.setInput(stream, true, true);
      checkSize(file, reader.getWidth(0), reader.getHeight(0), maxPixels);
      EndWatch end = new EndWatch();
      reader.addIIOReadWarningListener(end);
      BufferedImage image = reader.read(0);
      if (end.reachedEarly) {
        throw new ImageException(file + ": the file is cut short");
      }
      return image;
    } catch (ImageException e) {
      throw e;
    } catch (RuntimeException e) {
      // Damaged files make the decoders fail in any way: negative sizes, indices out of bounds.
      throw broken(file, e);
    } finally {
      reader.dispose();
    }
  }

  private static void checkSize(Path file, int width, int height, long maxPixels) {
    if (width <= 0 || height <= 0) {
      throw new ImageException(file + ": a picture of " + width + " x " + height + " pixels");
    }
    if ((long) width * height > maxPixels) {
      throw new ImageException(
          file + ": " + width + " x " + height + " pixels; at most " + maxPixels + " are read");
    }
  }

  private static ImageException broken(Path file, Exception cause) {
    String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new ImageException(file + ": the picture cannot be decoded: " + reason, cause);
  }

  /** The JPEG decoder fills what is missing with grey and merely warns. */
  private static final class EndWatch implements IIOReadWarningListener {
    private boolean reachedEarly;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      reachedEarly |= warning.toLowerCase(Locale.ROOT).contains("premature end");
    }
  }

  /** A copy of type {@code TYPE_INT_RGB}, alpha dropped, not blended. */
  public static BufferedImage toRgb(BufferedImage image) {
    return Pixels.of(image).toImage();
  }
}
