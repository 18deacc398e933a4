package dev.weft.nn.image;

/**
 * For each output pixel along one axis: which input pixels it mixes, and how much of each.
 *
 * @param first the first input pixel of each output pixel
 * @param start where the weights of each output pixel begin; one more than there are pixels
 */
record ResizeAxis(int[] first, int[] start, double[] weights) {
  static final int PRECISION_BITS = 22;

  /**
   * The axis of {@code inSize} pixels brought to {@code outSize}, of which {@code count} from
   * {@code from} on are wanted.
   */
  static ResizeAxis of(PillowFilter filter, int inSize, int outSize, int from, int count) {
    double scale = (double) inSize / outSize;
    double stretch = Math.max(scale, 1);
    double support = filter.support() * stretch;
    int[] first = new int[count];
    int[] start = new int[count + 1];
    for (int i = 0; i < count; i++) {
      double centre = (from + i + 0.5) * scale;
      first[i] = Math.max((int) (centre - support + 0.5), 0);
      int end = Math.min((int) (centre + support + 0.5), inSize);
      start[i + 1] = Math.addExact(start[i], end - first[i]);
    }
    ResizeAxis axis = new ResizeAxis(first, start, new double[start[count]]);
    for (int i = 0; i < count; i++) {
      axis.weigh(filter, i, (from + i + 0.5) * scale, stretch);
    }
    return axis;
  }

  private void weigh(PillowFilter filter, int pixel, double centre, double stretch) {
    double sum = 0;
    // Multiplied by the reciprocal, because Pillow does and it is not the same to the last bit.
    double reciprocal = 1 / stretch;
    for (int i = start[pixel]; i < start[pixel + 1]; i++) {
      int in = first[pixel] + i - start[pixel];
      weights[i] = filter.weight((in - centre + 0.5) * reciprocal);
      sum += weights[i];
    }
    for (int i = start[pixel]; i < start[pixel + 1] && sum != 0; i++) {
      weights[i] /= sum;
    }
  }

  /** The weights as whole numbers of 2^-22, as Pillow weighs samples of 8 bits. */
  int[] fixedPoint() {
    int[] fixed = new int[weights.length];
    for (int i = 0; i < fixed.length; i++) {
      double weight = weights[i] * (1 << PRECISION_BITS);
      fixed[i] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    return fixed;
  }

  /** How many pixels come out. */
  int size() {
    return first.length;
  }

  /** The most input pixels that an output pixel mixes. */
  int longest() {
    int longest = 0;
    for (int i = 0; i < size(); i++) {
      longest = Math.max(longest, start[i + 1] - start[i]);
    }
    return longest;
  }

  /** The first input pixel that is read. */
  int least() {
    return first.length == 0 ? 0 : first[0];
  }

  /** The input pixel after the last that is read. */
  int end() {
    int last = size() - 1;
    return last < 0 ? 0 : first[last] + start[last + 1] - start[last];
  }
}
