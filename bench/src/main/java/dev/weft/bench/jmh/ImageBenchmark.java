package dev.weft.bench.jmh;

import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.nn.image.Images;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.Threads;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Picture files to CLIP's pixels: read, decoded, resized, cropped, normalised; pictures a second.
 * What would make it lie: pictures of one colour, whose coefficients are all zero, and a disk,
 * since here the files lie in the page cache.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@OperationsPerInvocation(ImageBenchmark.PICTURES)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ImageBenchmark {
  /** Files that are read in turn. */
  static final int PICTURES = 32;

  /** Of the batch; each picture is one thread's. */
  @Param({"1", "2"})
  public int threads;

  /** JPEG as the JDK writes it: quality 0.75, chroma 4:2:0. */
  @Param({"jpg", "png"})
  public String format;

  private final ClipPreprocessor preprocessor = ClipPreprocessor.ofSize(224);
  private final List<Path> files = new ArrayList<>();
  private Path folder;

  /** Writes the files. */
  @Setup
  public void prepare() throws IOException {
    Threads.set(threads);
    folder = Files.createTempDirectory("weft-pictures");
    Random random = new Random(7);
    for (int i = 0; i < PICTURES; i++) {
      Path file = folder.resolve(i + "." + format);
      ImageIO.write(photo(random), format, file.toFile());
      files.add(file);
    }
  }

  /** Waves of all lengths and some noise: as many coefficients as a photograph has. */
  private static BufferedImage photo(Random random) {
    BufferedImage image = new BufferedImage(500, 400, BufferedImage.TYPE_3BYTE_BGR);
    double[] waves = random.doubles(3 * 6 * 3, -1, 1).toArray();
    for (int y = 0; y < 400; y++) {
      for (int x = 0; x < 500; x++) {
        int rgb = 0;
        for (int channel = 0; channel < 3; channel++) {
          double sum = 128 + 4 * random.nextGaussian();
          for (int k = 0; k < 6; k++) {
            int at = (channel * 6 + k) * 3;
            double phase = (waves[at] * x + waves[at + 1] * y) * (1 << k) * 0.02 + waves[at + 2];
            sum += 60 / (k + 1.0) * Math.sin(phase);
          }
          rgb = rgb << 8 | Math.clamp((int) sum, 0, 255);
        }
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  /** All files once. */
  @Benchmark
  public Tensor read() {
    return preprocessor.preprocessFiles(files, Images.MAX_PIXELS);
  }

  /** Removes the files. */
  @TearDown
  public void remove() throws IOException {
    for (Path file : files) {
      Files.delete(file);
    }
    Files.delete(folder);
  }
}
