package dev.weft.nn.image;

import java.io.IOException;
import java.io.Serial;

/**
 * How large a picture may be: a small file may claim, and unpack to, any size. Decoders ask before
 * they take memory for pixels.
 *
 * @param pixels the most that are read
 */
record PixelLimit(long pixels) {

  /**
   * Checks a size.
   *
   * @param bytesPerPixel what the decoder will hold of each pixel
   */
  void check(int width, int height, int bytesPerPixel) throws IOException {
    if (width <= 0 || height <= 0) {
      throw new IOException("a picture of " + width + " x " + height + " pixels");
    }
    long count = (long) width * height;
    if (count > pixels) {
      throw new TooLargeException(
          width
              + " x "
              + height
              + " pixels; at most "
              + pixels
              + " are read unless asked for more");
    }
    long bytes = count * bytesPerPixel;
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > heap / 2 || bytes > Integer.MAX_VALUE - 16) {
      throw new TooLargeException(
          "%d x %d pixels take %d MiB, too much for a heap of %d MiB; java's -Xmx sets it"
              .formatted(width, height, bytes >> 20, heap >> 20));
    }
  }

  /** Not damaged, but larger than allowed. */
  static final class TooLargeException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    TooLargeException(String message) {
      super(message);
    }
  }
}
