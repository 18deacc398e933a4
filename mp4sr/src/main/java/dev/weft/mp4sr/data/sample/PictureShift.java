package dev.weft.mp4sr.data.sample;

import dev.weft.tensor.Tensor;
import java.util.Random;

/** Variants of preprocessed pictures: moved a little round the edges, perhaps mirrored. */
final class PictureShift {
  private static final int FARTHEST = 4;

  private PictureShift() {}

  /**
   * One variant of each picture.
   *
   * @param pixels [pictures, channels, size, size]
   */
  static Tensor of(Tensor pixels, Random random) {
    int channels = pixels.dim(1);
    int size = pixels.dim(2);
    float[] from = pixels.toFloats();
    float[] to = new float[from.length];
    for (int picture = 0; picture < pixels.dim(0); picture++) {
      int right = size + random.nextInt(2 * FARTHEST + 1) - FARTHEST;
      int down = size + random.nextInt(2 * FARTHEST + 1) - FARTHEST;
      boolean mirrored = random.nextBoolean();
      for (int row = 0; row < channels * size; row++) {
        int plane = (picture * channels + row / size) * size;
        int source = (plane + (row % size + down) % size) * size;
        int target = (plane + row % size) * size;
        for (int x = 0; x < size; x++) {
          int moved = (x + right) % size;
          to[target + x] = from[source + (mirrored ? size - 1 - moved : moved)];
        }
      }
    }
    return Tensor.of(to, pixels.shape().dims());
  }
}
