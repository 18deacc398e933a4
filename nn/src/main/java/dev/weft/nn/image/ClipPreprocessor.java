package dev.weft.nn.image;

import dev.weft.nn.image.PreprocessorConfig.Size;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.Threads;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Pictures as CLIP takes them: the shorter edge resized ({@link PillowResize}), the middle cut out,
 * samples brought to [0, 1] and normalised by channel, all as {@code preprocessor_config.json}
 * says.
 *
 * <p>Two programs do that, and they differ. OpenAI's (Radford et al., arXiv 2103.00020, and the
 * code published with it) resizes pictures as they are stored and makes RGB of them afterwards, so
 * that palettes are not interpolated and colours are weighed by alpha; half a pixel left over by
 * the crop is rounded to the even number. Hugging Face's {@code CLIPImageProcessor} makes RGB first
 * and rounds down. A file that says {@code "do_convert_rgb": true} gets the second, any other the
 * first.
 */
public final class ClipPreprocessor {
  private final PreprocessorConfig config;

  /** What each sample of each channel becomes: [3, 256]. */
  private final float[][] normalised = new float[3][256];

  private ClipPreprocessor(PreprocessorConfig config) {
    this.config = config;
    for (int channel = 0; channel < 3; channel++) {
      for (int sample = 0; sample < 256; sample++) {
        float scaled = scaled(sample);
        normalised[channel][sample] =
            (scaled - (float) config.mean()[channel]) / (float) config.standardDeviation()[channel];
      }
    }
  }

  /** Divided by 255 where OpenAI's code does: its factor written out is off by a rounding. */
  private float scaled(int sample) {
    boolean divided = !config.convertsFirst() && Math.abs(config.rescale() * 255 - 1) < 1e-6;
    return divided ? sample / 255f : (float) (sample * config.rescale());
  }

  /**
   * Loads {@code preprocessor_config.json} from a Hugging Face folder, or {@code image_processor}
   * of {@code processor_config.json}.
   *
   * @throws ImageException if it is missing or asks for what this does not do
   */
  public static ClipPreprocessor load(Path folder) {
    return new ClipPreprocessor(PreprocessorConfig.read(folder));
  }

  /** Whether a folder says how pictures are preprocessed. */
  public static boolean isIn(Path folder) {
    return PreprocessorConfig.isIn(folder);
  }

  /** CLIP's own mean and deviation for pictures of {@code size} x {@code size}. */
  public static ClipPreprocessor ofSize(int size) {
    return new ClipPreprocessor(PreprocessorConfig.ofSize(size));
  }

  /** Width of what comes out, in pixels. */
  public int width() {
    return config.output().width();
  }

  /** Height of what comes out, in pixels. */
  public int height() {
    return config.output().height();
  }

  /** One picture: F32 [3, height, width]. */
  public Tensor preprocess(BufferedImage image) {
    return preprocess(List.of(image)).reshape(3, height(), width());
  }

  /** Pictures of any sizes, by all threads: F32 [pictures, 3, height, width]. */
  public Tensor preprocess(List<BufferedImage> images) {
    return preprocess(images.size(), i -> Pixels.of(images.get(i)), i -> "picture " + i);
  }

  /**
   * Picture files, decoded and preprocessed by all threads: F32 [files, 3, height, width]. Each
   * thread holds one picture at a time.
   *
   * @param maxPixels a picture with more is refused; {@link Images#MAX_PIXELS} if in doubt
   * @throws ImageException of the first file that cannot be read, see {@link Images#read}
   */
  public Tensor preprocessFiles(List<Path> files, long maxPixels) {
    return preprocess(
        files.size(),
        i -> Pixels.of(Images.read(files.get(i), maxPixels)),
        i -> files.get(i).toString());
  }

  private Tensor preprocess(int count, IntFunction<Pixels> image, IntFunction<String> name) {
    int perImage = 3 * height() * width();
    float[] values = new float[Math.multiplyExact(count, perImage)];
    RuntimeException[] failures = new RuntimeException[count];
    Threads.run(
        count,
        i -> {
          try {
            Pixels stored = image.apply(i);
            requireFit(stored, name, i);
            write(stored, values, i * perImage);
          } catch (RuntimeException e) {
            failures[i] = e;
          }
        });
    for (RuntimeException failure : failures) {
      if (failure != null) {
        throw failure;
      }
    }
    return Tensor.of(values, count, 3, height(), width());
  }

  /** Writes {@code preprocessor_config.json} into a folder. */
  public void save(Path folder) {
    config.write(folder);
  }

  /** Where nothing is cut, a picture must come out of the resize as large as all others. */
  private void requireFit(Pixels picture, IntFunction<String> name, int i) {
    Size resized = resized(picture);
    if (config.crop() == null && !resized.equals(config.output())) {
      throw new ImageException(
          "%s: %d x %d pixels become %d x %d, not %d x %d, and do_center_crop is false in"
                  .formatted(
                      name.apply(i),
                      picture.width(),
                      picture.height(),
                      resized.width(),
                      resized.height(),
                      width(),
                      height())
              + " preprocessor_config.json: cut the picture, or set do_center_crop to true");
    }
  }

  private void write(Pixels stored, float[] values, int start) {
    Pixels image = config.convertsFirst() ? stored.toRgb() : stored;
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
    Pixels pixels =
        PillowResize.resize(image, resized.width(), resized.height(), inside, config.filter())
            .toRgb();
    for (int channel = 0; channel < 3; channel++) {
      int plane = start + channel * width() * height();
      if (pixels.width() < width() || pixels.height() < height()) {
        // What lies outside a picture smaller than the crop is black.
        Arrays.fill(values, plane, plane + width() * height(), normalised[channel][0]);
      }
      writePlane(pixels, channel, values, plane + (y - top) * width() + x - left);
    }
  }

  private void writePlane(Pixels pixels, int channel, float[] values, int start) {
    float[] table = normalised[channel];
    byte[] samples = pixels.samples();
    int next = channel;
    for (int row = 0; row < pixels.height(); row++) {
      int at = start + row * width();
      for (int column = 0; column < pixels.width(); column++) {
        values[at + column] = table[samples[next] & 255];
        next += 3;
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
  private int cropStart(int extent, int crop) {
    int over = extent - crop;
    if (config.convertsFirst()) {
      // Hugging Face rounds the black before the picture up, a cut down.
      return over < 0 ? -((1 - over) / 2) : over / 2;
    }
    // Half-way cases go to the even number, as Python's round does.
    return over < 0 ? -(-over / 2) : (int) Math.rint(over / 2.0);
  }
}
