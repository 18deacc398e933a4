package dev.weft.nn.image;

import java.awt.image.BufferedImage;

/**
 * Samples as Pillow keeps them: of 8 bits, or of 16 in {@link Kind#WIDE_GREY}, high byte first.
 *
 * @param samples [height, width, bands]
 */
record Pixels(int width, int height, Kind kind, byte[] samples) {

  /** What the bands mean; Pillow resizes each in its own way. */
  enum Kind {
    GREY(1),
    /** Grey of 16 bits, of which Pillow lets all beyond 255 be white (its modes I and I;16). */
    WIDE_GREY(1),
    GREY_ALPHA(2),
    RGB(3),
    /** RGB that came from a palette or from one bit, which cannot be interpolated. */
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

    /** Samples of a pixel. */
    int bands() {
      return bands;
    }

    /** Bytes of a pixel. */
    int bytes() {
      return this == WIDE_GREY ? 2 : bands;
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

  /** The samples of a picture. */
  static Pixels of(BufferedImage image) {
    return PixelReader.read(image);
  }

  /** A picture that shares the samples. */
  BufferedImage toBufferedImage() {
    return SampleImages.of(this);
  }

  /** A sample of {@link Kind#WIDE_GREY}, from 0 to 65535. */
  int wideSample(int pixel) {
    return (samples[2 * pixel] & 255) << 8 | (samples[2 * pixel + 1] & 255);
  }

  /** What Pillow's {@code convert("RGB")} gives: alpha is dropped, not blended. */
  Pixels toRgb() {
    if (kind == Kind.RGB) {
      return this;
    }
    if (kind == Kind.PALETTE) {
      return new Pixels(width, height, Kind.RGB, samples);
    }
    byte[] rgb = new byte[Math.multiplyExact(width * height, 3)];
    for (int i = 0; i < width * height; i++) {
      switch (kind) {
        case GREY -> grey(rgb, i, samples[i]);
        case GREY_ALPHA -> grey(rgb, i, samples[2 * i]);
        case WIDE_GREY -> grey(rgb, i, (byte) Math.min(wideSample(i), 255));
        case CMYK -> light(rgb, i);
        default -> System.arraycopy(samples, 4 * i, rgb, 3 * i, 3);
      }
    }
    return new Pixels(width, height, Kind.RGB, rgb);
  }

  private static void grey(byte[] rgb, int pixel, byte sample) {
    rgb[3 * pixel] = sample;
    rgb[3 * pixel + 1] = sample;
    rgb[3 * pixel + 2] = sample;
  }

  private void light(byte[] rgb, int pixel) {
    int white = 255 - (samples[4 * pixel + 3] & 255);
    for (int channel = 0; channel < 3; channel++) {
      int ink = samples[4 * pixel + channel] & 255;
      rgb[3 * pixel + channel] = (byte) (white - multiply(ink, white));
    }
  }

  /** a · b / 255, rounded, in Pillow's integers. */
  private static int multiply(int a, int b) {
    int product = a * b + 128;
    return (product + (product >> 8)) >> 8;
  }

  /** The colours without alpha. */
  BufferedImage toImage() {
    byte[] rgb = toRgb().samples;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        row[x] = (rgb[at] & 255) << 16 | (rgb[at + 1] & 255) << 8 | (rgb[at + 2] & 255);
        at += 3;
      }
      image.getRaster().setDataElements(0, y, width, 1, row);
    }
    return image;
  }

  /** Colours multiplied by alpha: transparent pixels must not bleed into their neighbours. */
  Pixels premultiplied() {
    byte[] result = samples.clone();
    int bands = bands();
    for (int i = 0; i < result.length; i += bands) {
      int alpha = samples[i + bands - 1] & 255;
      for (int band = 0; band < bands - 1; band++) {
        result[i + band] = (byte) multiply(samples[i + band] & 255, alpha);
      }
    }
    return with(width, height, result);
  }

  /** The reverse of {@link #premultiplied}, as far as bits allow. */
  Pixels unpremultiplied() {
    byte[] result = samples.clone();
    int bands = bands();
    for (int i = 0; i < result.length; i += bands) {
      int alpha = samples[i + bands - 1] & 255;
      for (int band = 0; band < bands - 1 && alpha != 0 && alpha != 255; band++) {
        int colour = 255 * (samples[i + band] & 255) / alpha;
        result[i + band] = (byte) Math.min(colour, 255);
      }
    }
    return with(width, height, result);
  }
}
