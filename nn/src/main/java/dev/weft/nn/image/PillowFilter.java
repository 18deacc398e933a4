package dev.weft.nn.image;

/**
 * The filters of Pillow's {@code Image.resize}, by the numbers that {@code resample} of {@code
 * preprocessor_config.json} gives them. All but the nearest pixel widen with the reduction.
 */
public enum PillowFilter {
  /** The pixel under the middle of the new one. */
  NEAREST(0),
  /** Three lobes of a windowed sinc: sinc(x) · sinc(x / 3). */
  LANCZOS(3),
  /** A triangle. */
  BILINEAR(1),
  /** Keys, Cubic convolution interpolation, 1981, equation 4 with a = -1/2. */
  BICUBIC(2),
  /** The mean of the pixels that the new one covers. */
  BOX(0.5),
  /** One lobe of a sinc under a Hamming window. */
  HAMMING(1);

  private static final double A = -0.5;

  private final double support;

  PillowFilter(double support) {
    this.support = support;
  }

  /** How far it reaches to either side, in pixels of the smaller picture. */
  double support() {
    return support;
  }

  /** Weight of what lies {@code x} away from the middle. */
  double weight(double x) {
    double distance = Math.abs(x);
    return switch (this) {
      case NEAREST -> throw new IllegalStateException("the nearest pixel is not weighed");
      // The left end is outside, the right one inside.
      case BOX -> x > -0.5 && x <= 0.5 ? 1 : 0;
      case BILINEAR -> Math.max(1 - distance, 0);
      case HAMMING -> hamming(distance);
      case BICUBIC -> cubic(distance);
      case LANCZOS -> distance < 3 ? sinc(x) * sinc(x / 3) : 0;
    };
  }

  private static double hamming(double distance) {
    return distance < 1 ? sinc(distance) * (0.54 + 0.46 * Math.cos(distance * Math.PI)) : 0;
  }

  private static double cubic(double distance) {
    if (distance < 1) {
      return ((A + 2) * distance - (A + 3)) * distance * distance + 1;
    }
    if (distance < 2) {
      return (((distance - 5) * distance + 8) * distance - 4) * A;
    }
    return 0;
  }

  private static double sinc(double x) {
    double angle = x * Math.PI;
    return angle == 0 ? 1 : Math.sin(angle) / angle;
  }
}
