package dev.weft.nn.image;

import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Reading picture files with the samples that Pillow reads: JPEG, PNG, GIF, BMP, WebP, and what
 * else {@link ImageIO} reads. The content decides, not the file's name.
 */
public final class Images {
  /**
   * More are refused, as Pillow refuses twice its {@code MAX_IMAGE_PIXELS} of 2^30 / 4 / 3: a small
   * file may unpack to any size.
   */
  public static final long MAX_PIXELS = 178_956_970;

  /** No picture of so many pixels takes more. */
  private static final long MAX_FILE_BYTES = 1L << 30;

  private Images() {}

  /**
   * Decodes a file (the first picture of an animation) as it is stored: palette, grey and alpha
   * stay what they are, since {@link ClipPreprocessor} treats them differently; {@link #toRgb}
   * makes them plain. Neither EXIF's orientation nor a colour profile is applied.
   *
   * @throws ImageException if the file is missing, no picture, damaged, cut short, or has more than
   *     {@link #MAX_PIXELS}
   */
  public static BufferedImage read(Path file) {
    return read(file, MAX_PIXELS);
  }

  /** The same with another limit; what is beyond it is refused before memory is taken for it. */
  public static BufferedImage read(Path file, long maxPixels) {
    byte[] bytes = bytes(file);
    try {
      return decode(bytes, new PixelLimit(maxPixels));
    } catch (PixelLimit.TooLargeException e) {
      throw new ImageException(file + ": " + e.getMessage(), e);
    } catch (UnknownFormatException e) {
      throw new ImageException(
          file + ": not a picture in a known format (JPEG, PNG, GIF, WebP, BMP)", e);
    } catch (IOException | RuntimeException e) {
      // Damaged files make the decoders fail in any way: negative sizes, indices out of bounds.
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new ImageException(file + ": the picture cannot be decoded: " + reason, e);
    }
  }

  private static byte[] bytes(Path file) {
    if (!Files.isRegularFile(file)) {
      String reason = Files.exists(file) ? ": is not a file" : ": no such file";
      throw new ImageException(file + reason);
    }
    try {
      long size = Files.size(file);
      if (size > MAX_FILE_BYTES) {
        throw new ImageException(
            file + ": " + size + " bytes; pictures are read up to " + MAX_FILE_BYTES);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new ImageException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static BufferedImage decode(byte[] file, PixelLimit limit) throws IOException {
    ByteReader start = new ByteReader(file);
    if (start.startsWith(PngDecoder.SIGNATURE)) {
      return PngDecoder.decode(file, limit);
    }
    if (JpegFile.isJpeg(file)) {
      return JpegDecoder.decode(file, limit);
    }
    if (start.startsWith(GifDecoder.SIGNATURE)) {
      return GifDecoder.decode(file, limit);
    }
    if (WebpDecoder.isWebp(file)) {
      return WebpDecoder.decode(file, limit);
    }
    return other(start.startsWith("BM") ? wholeBmp(file) : file, limit);
  }

  /**
   * Refuses a BMP file that is shorter than its rows: the JDK takes memory for them first. Zeros
   * that fill up the last row may be missing, as to Pillow, and are put there.
   */
  private static byte[] wholeBmp(byte[] file) throws IOException {
    ByteReader in = new ByteReader(file);
    in.skip(10);
    long pixels = Integer.toUnsignedLong(in.int32LittleEndian());
    boolean small = in.int32LittleEndian() == 12;
    long width = small ? in.uint16LittleEndian() : in.int32LittleEndian();
    long height = small ? in.uint16LittleEndian() : in.int32LittleEndian();
    in.skip(2);
    int bits = in.uint16LittleEndian();
    int compression = small ? 0 : in.int32LittleEndian();
    boolean plain = compression == 0 || compression == 3;
    long row = (Math.abs(width) * bits + 31) / 32 * 4;
    long end = pixels + row * Math.abs(height);
    long filling = row - (Math.abs(width) * bits + 7) / 8;
    if (!plain || end <= file.length) {
      return file;
    }
    if (end - filling > file.length) {
      throw new EOFException("the file is cut short");
    }
    return Arrays.copyOf(file, Math.toIntExact(end));
  }

  private static BufferedImage other(byte[] file, PixelLimit limit) throws IOException {
    try (ImageInputStream stream = new PartsInputStream(List.of(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new UnknownFormatException();
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        limit.check(reader.getWidth(0), reader.getHeight(0), 4);
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    }
  }

  /** Nobody knows the file's first bytes. */
  private static final class UnknownFormatException extends IOException {
    @Serial private static final long serialVersionUID = 1L;
  }

  /** A copy of type {@code TYPE_INT_RGB}, alpha dropped, not blended. */
  public static BufferedImage toRgb(BufferedImage image) {
    return Pixels.of(image).toImage();
  }
}
