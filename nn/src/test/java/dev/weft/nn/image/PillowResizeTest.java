package dev.weft.nn.image;

import static dev.weft.nn.TestFiles.resource;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PillowResizeTest {

  /** What Pillow itself made of eight pictures: not one sample differs. */
  @Test
  void equalsPillow() {
    Map<String, Tensor> cases = SafeTensors.read(resource("pillow-resize.safetensors"));
    assertEquals(16, cases.size());
    for (int i = 0; i < cases.size() / 2; i++) {
      Tensor expected = cases.get(i + ".out");
      BufferedImage resized =
          PillowResize.resize(
              image(cases.get(i + ".in")), expected.dim(1), expected.dim(0), PillowFilter.BICUBIC);
      assertArrayEquals(expected.toInts(), samples(resized), "case " + i);
    }
  }

  /** The filter's definition as a sum over all pixels in float64, without any fixed point. */
  @Test
  void isTheFilterOfItsDefinition() {
    Random random = new Random(23);
    for (int round = 0; round < 60; round++) {
      int width = 1 + random.nextInt(40);
      int height = 1 + random.nextInt(40);
      int outWidth = 1 + random.nextInt(40);
      int outHeight = 1 + random.nextInt(40);
      double[][] in = new double[height][width];
      BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          // A narrow range, so that nothing is clipped between the passes.
          int grey = 64 + random.nextInt(128);
          in[y][x] = grey;
          image.setRGB(x, y, grey * 0x010101);
        }
      }
      double[][] rows = transposed(filtered(transposed(filtered(in, outWidth)), outHeight));
      BufferedImage out = PillowResize.resize(image, outWidth, outHeight, PillowFilter.BICUBIC);
      for (int y = 0; y < outHeight; y++) {
        for (int x = 0; x < outWidth; x++) {
          // Each pass rounds to whole numbers, and the second may amplify the first's by 1.25.
          assertEquals(rows[y][x], out.getRGB(x, y) & 255, 1.3, width + "x" + height);
        }
      }
    }
  }

  private static double[][] filtered(double[][] in, int outSize) {
    double[][] out = new double[in.length][outSize];
    double scale = (double) in[0].length / outSize;
    double stretch = Math.max(scale, 1);
    for (int x = 0; x < outSize; x++) {
      double centre = (x + 0.5) * scale;
      double[] weights = new double[in[0].length];
      double sum = 0;
      for (int i = 0; i < weights.length; i++) {
        weights[i] = keys((i + 0.5 - centre) / stretch);
        sum += weights[i];
      }
      for (int y = 0; y < in.length; y++) {
        for (int i = 0; i < weights.length; i++) {
          out[y][x] += in[y][i] * weights[i] / sum;
        }
      }
    }
    return out;
  }

  /** Keys, Cubic convolution interpolation, 1981, equation 4 with a = -1/2. */
  private static double keys(double x) {
    double s = Math.abs(x);
    if (s < 1) {
      return 1.5 * s * s * s - 2.5 * s * s + 1;
    }
    return s < 2 ? -0.5 * s * s * s + 2.5 * s * s - 4 * s + 2 : 0;
  }

  private static double[][] transposed(double[][] in) {
    double[][] out = new double[in[0].length][in.length];
    for (int y = 0; y < in.length; y++) {
      for (int x = 0; x < in[0].length; x++) {
        out[x][y] = in[y][x];
      }
    }
    return out;
  }

  @Test
  void aRegionIsThatPartOfTheWhole() {
    Random random = new Random(4);
    byte[] samples = new byte[23 * 17 * 4];
    random.nextBytes(samples);
    for (Pixels.Kind kind : Pixels.Kind.values()) {
      for (PillowFilter filter : PillowFilter.values()) {
        Pixels image = new Pixels(23, 17, kind, samples);
        Pixels whole = PillowResize.resize(image, 31, 9, new Region(0, 0, 31, 9), filter).toRgb();
        Pixels part = PillowResize.resize(image, 31, 9, new Region(6, 2, 20, 5), filter).toRgb();
        for (int y = 0; y < 5; y++) {
          int from = ((y + 2) * 31 + 6) * 3;
          assertArrayEquals(
              Arrays.copyOfRange(whole.samples(), from, from + 60),
              Arrays.copyOfRange(part.samples(), y * 60, y * 60 + 60));
        }
      }
    }
  }

  @Test
  void oneColourStaysThatColour() {
    BufferedImage image = new BufferedImage(13, 7, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 13 * 7; i++) {
      image.setRGB(i % 13, i / 13, 0xFF8001);
    }
    BufferedImage resized = PillowResize.resize(image, 5, 29, PillowFilter.LANCZOS);
    for (int i = 0; i < 5 * 29; i++) {
      assertEquals(0xFFFF8001, resized.getRGB(i % 5, i / 5));
    }
    assertThrows(ImageException.class, () -> PillowResize.resize(image, 0, 3, PillowFilter.BOX));
  }

  @Test
  void paletteColoursAreNeverMixed() {
    BufferedImage image = new BufferedImage(9, 9, BufferedImage.TYPE_BYTE_INDEXED);
    for (int i = 0; i < 81; i++) {
      image.setRGB(i % 9, i / 9, i % 2 == 0 ? 0xFFFF0000 : 0xFF0000FF);
    }
    BufferedImage resized = PillowResize.resize(image, 5, 4, PillowFilter.BOX);
    for (int i = 0; i < 20; i++) {
      int rgb = resized.getRGB(i % 5, i / 5);
      assertTrue(rgb == 0xFFFF0000 || rgb == 0xFF0000FF);
    }
  }

  private static BufferedImage image(Tensor samples) {
    int bands = samples.dim(2);
    int[] values = samples.toInts();
    int type =
        bands == 1
            ? BufferedImage.TYPE_BYTE_GRAY
            : bands == 3 ? BufferedImage.TYPE_3BYTE_BGR : BufferedImage.TYPE_4BYTE_ABGR;
    BufferedImage image = new BufferedImage(samples.dim(1), samples.dim(0), type);
    image.getRaster().setPixels(0, 0, samples.dim(1), samples.dim(0), values);
    return image;
  }

  private static int[] samples(BufferedImage image) {
    int[] samples = new int[image.getWidth() * image.getHeight() * 3];
    for (int i = 0; i < samples.length; i++) {
      int rgb = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
      samples[i] = rgb >> (16 - 8 * (i % 3)) & 255;
    }
    return samples;
  }
}
