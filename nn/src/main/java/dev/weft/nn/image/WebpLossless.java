package dev.weft.nn.image;

import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * The lossless kind of WebP (RFC 9649, section 3) through the ImageIO plug-in. It is given a file
 * of nothing but the pixels: profiles and metadata, which Pillow passes over, cannot stop it.
 */
final class WebpLossless {
  private static final int SIGNATURE = 0x2F;
  private static final int HEADER = 5;
  private static final int EDGE_BITS = 14;

  private WebpLossless() {}

  /** The picture in bytes {@code from} to {@code end}: RGB, or with alpha where it says so. */
  static Pixels decode(byte[] file, int from, int end, PixelLimit limit) throws IOException {
    ByteReader in = new ByteReader(file, from, end);
    int signature = in.uint8();
    int sizes = in.int32LittleEndian();
    int width = 1 + (sizes & ((1 << EDGE_BITS) - 1));
    int height = 1 + ((sizes >> EDGE_BITS) & ((1 << EDGE_BITS) - 1));
    if (signature != SIGNATURE || sizes >>> 29 != 0) {
      throw new IOException("WebP: not a lossless picture of version 0");
    }
    // The plug-in holds whole numbers of four samples beside the pixels.
    limit.check(width, height, 12);
    boolean alpha = ((sizes >> (2 * EDGE_BITS)) & 1) != 0;
    return samples(read(Arrays.copyOfRange(file, from, end)), width, height, alpha);
  }

  /** The green of a picture without header, which is how alpha is packed. */
  static byte[] green(byte[] file, int from, int end, int width, int height, PixelLimit limit)
      throws IOException {
    ByteBuffer picture = ByteBuffer.allocate(HEADER + end - from).order(ByteOrder.LITTLE_ENDIAN);
    picture.put((byte) SIGNATURE).putInt((width - 1) | (height - 1) << EDGE_BITS);
    picture.put(file, from, end - from);
    byte[] bytes = picture.array();
    byte[] rgb = decode(bytes, 0, bytes.length, limit).samples();
    byte[] green = new byte[width * height];
    for (int i = 0; i < green.length; i++) {
      green[i] = rgb[3 * i + 1];
    }
    return green;
  }

  private static BufferedImage read(byte[] picture) throws IOException {
    int padding = picture.length & 1;
    ByteBuffer head = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    head.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(12 + picture.length + padding);
    head.put("WEBPVP8L".getBytes(StandardCharsets.US_ASCII)).putInt(picture.length);
    List<byte[]> parts = List.of(head.array(), picture, new byte[padding]);
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("webp");
    if (!readers.hasNext()) {
      throw new IOException(
          "lossless WebP needs the ImageIO plug-in imageio-webp on the class path");
    }
    ImageReader reader = readers.next();
    try (ImageInputStream stream = new PartsInputStream(parts)) {
      reader.setInput(stream, true, true);
      return reader.read(0);
    } catch (EOFException e) {
      throw new IOException("the file is cut short", e);
    } finally {
      reader.dispose();
    }
  }

  private static Pixels samples(BufferedImage image, int width, int height, boolean alpha)
      throws IOException {
    if (image.getWidth() != width || image.getHeight() != height) {
      throw new IOException("WebP: the picture is not as large as it says");
    }
    Pixels.Kind kind = alpha ? Pixels.Kind.RGB_ALPHA : Pixels.Kind.RGB;
    Pixels pixels = Pixels.of(image);
    if (pixels.kind() == kind) {
      return pixels;
    }
    return pixels.toRgb();
  }
}
