package dev.weft.nn.image;

import dev.weft.nn.image.PreprocessorConfig.Size;
import dev.weft.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Pictures as CLIP takes them: the shorter edge resized ({@link PillowBicubic}), the middle cut
 * out, samples brought to [0, 1] and normalised by channel (Radford et al., arXiv 2103.00020, and
 * the code published with it, whose order of steps this keeps: resize first, then RGB).
 */
public final class ClipPreprocessor {
  private static final double[] CLIP_MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] CLIP_STANDARD_DEVIATION = {0.26862954, 0.26130258, 0.27577711};

  private final PreprocessorConfig config;
  private final Size output;

  /** What each sample of each channel becomes: [3, 256]. */
  private final float[][] normalised = new float[3][256];

  private ClipPreprocessor(PreprocessorConfig config) {
    this.config = config;
    this.output = config.crop() != null ? config.crop() : config.exact();
    for (int channel = 0; channel < 3; channel++) {
      for (int sample = 0; sample < 256; sample++) {
        float scaled = scaled(sample, config.rescale());
        normalised[channel][sample] =
            (scaled - (float) config.mean()[channel]) / (float) config.standardDeviation()[channel];
      }
    }
  }

  /** Divided by 255 where that is meant: the written-out factor is off by a rounding. */
  private static float scaled(int sample, double factor) {
    boolean usual = Math.abs(factor * 255 - 1) < 1e-6;
    return usual ? sample / 255f : (float) (sample * factor);
  }

  /**
   * Loads {@code preprocessor_config.json} from a Hugging Face folder.
   *
   * @throws ImageException if it is missing or asks for what this does not do
   */
  public static ClipPreprocessor load(Path folder) {
    return new ClipPreprocessor(PreprocessorConfig.read(folder));
  }

  /** CLIP's own mean and deviation for pictures of {@code size} x {@code size}. */
  public static ClipPreprocessor ofSize(int size) {
    return new ClipPreprocessor(
        new PreprocessorConfig(
            size, null, new Size(size, size), 1 / 255.0, CLIP_MEAN, CLIP_STANDARD_DEVIATION));
  }

  /** Width of what comes out, in pixels. */
  public int width() {
    return output.width();
  }

  /** Height of what comes out, in pixels. */
  public int height() {
    return output.height();
  }

  /** One picture: F32 [3, height, width]. */
  public Tensor preprocess(BufferedImage image) {
    return preprocess(List.of(image)).reshape(3, height(), width());
  }

  /** Pictures of any sizes: F32 [pictures, 3, height, width]. */
  public Tensor preprocess(List<BufferedImage> images) {
    int perImage = 3 * height() * width();
    float[] values = new float[Math.multiplyExact(images.size(), perImage)];
    for (int i = 0; i < images.size(); i++) {
      write(Pixels.of(images.get(i)), values, i * perImage);
    }
    return Tensor.of(values, images.size(), 3, height(), width());
  }

  /** Writes {@code preprocessor_config.json} into a folder. */
  public void save(Path folder) {
    config.write(folder);
  }

  private void write(Pixels image, float[] values, int start) {
    Size resized = resized(image);
    int left = cropStart(resized.width(), width());
    int top = cropStart(resized.height(), height());
    int x = Math.max(left, 0);
    int y = Math.max(top, 0);
    Region inside =
        new Region(
            x,
            y,
            Math.min(resized.width(), left + width()) - x,
            Math.min(resized.height(), top + height()) - y);
    Pixels pixels = PillowBicubic.resize(image, resized.width(), resized.height(), inside);
    for (int channel = 0; channel < 3; channel++) {
      int plane = start + channel * width() * height();
      // What lies outside a picture smaller than the crop is black.
      Arrays.fill(values, plane, plane + width() * height(), normalised[channel][0]);
      for (int row = 0; row < pixels.height(); row++) {
        int at = plane + (y - top + row) * width() + x - left;
        for (int column = 0; column < pixels.width(); column++) {
          values[at + column] = normalised[channel][pixels.colour(column, row, channel)];
        }
      }
    }
  }

  private Size resized(Pixels image) {
    if (config.exact() != null) {
      return config.exact();
    }
    int edge = config.shortestEdge();
    if (edge == 0) {
      return new Size(image.width(), image.height());
    }
    boolean tall = image.width() <= image.height();
    int shorter = tall ? image.width() : image.height();
    int longer = tall ? image.height() : image.width();
    int other = (int) ((double) ((long) edge * longer) / shorter);
    return tall ? new Size(edge, other) : new Size(other, edge);
  }

  /** Where the middle begins; negative where the picture is smaller and black is added. */
  private static int cropStart(int extent, int crop) {
    // Half-way cases go to the even number, as Python's round does.
    return extent < crop ? -((crop - extent) / 2) : (int) Math.rint((extent - crop) / 2.0);
  }
}
