package dev.weft.nn.image;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/** The ALPH chunk of WebP files (RFC 9649, section 2.7.1.2): alpha beside a lossy picture. */
final class WebpAlpha {
  private static final int HORIZONTAL = 1;
  private static final int VERTICAL = 2;
  private static final int GRADIENT = 3;

  private WebpAlpha() {}

  /** Alpha of [height, width]. */
  static byte[] decode(byte[] file, int from, int end, int width, int height, PixelLimit limit)
      throws IOException {
    int head = new ByteReader(file, from, end).uint8();
    byte[] alpha;
    switch (head & 3) {
      case 0 -> {
        if (end - from - 1 < width * height) {
          throw new EOFException("the file is cut short");
        }
        alpha = Arrays.copyOfRange(file, from + 1, from + 1 + width * height);
      }
      case 1 -> alpha = WebpLossless.green(file, from + 1, end, width, height, limit);
      default -> throw new IOException("alpha is packed in an unknown way");
    }
    unfilter(alpha, width, head >> 2 & 3);
    return alpha;
  }

  private static void unfilter(byte[] alpha, int width, int filter) {
    for (int i = 1; filter != 0 && i < alpha.length; i++) {
      int x = i % width;
      int guess;
      if (i < width) {
        guess = alpha[i - 1];
      } else if (x == 0) {
        guess = alpha[i - width];
      } else {
        guess =
            switch (filter) {
              case HORIZONTAL -> alpha[i - 1];
              case VERTICAL -> alpha[i - width];
              case GRADIENT -> gradient(alpha, i, width);
              default -> throw new IllegalStateException("filter " + filter);
            };
      }
      alpha[i] += (byte) guess;
    }
  }

  private static int gradient(byte[] alpha, int i, int width) {
    int left = alpha[i - 1] & 255;
    int above = alpha[i - width] & 255;
    int corner = alpha[i - width - 1] & 255;
    return Math.clamp(left + above - corner, 0, 255);
  }
}
