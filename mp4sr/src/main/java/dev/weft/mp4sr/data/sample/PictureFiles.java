package dev.weft.mp4sr.data.sample;

import dev.weft.nn.checkpoint.AtomicFiles;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** Pictures as shops have them: several sizes, PNG and JPEG, with alpha, a palette, or grey. */
final class PictureFiles {
  private static final int[][] SIZES = {
    {96, 96}, {96, 96}, {112, 112}, {128, 96}, {96, 128}, {72, 72}, {160, 120}
  };

  private PictureFiles() {}

  /** Writes picture {@code number} of a product, with the ending of its format. */
  static void write(Path folder, int number, Product product, Random random) throws IOException {
    int[] size = SIZES[random.nextInt(SIZES.length)];
    int format = random.nextInt(10);
    BufferedImage image = Pictures.draw(product, size[0], size[1], format == 0, random);
    if (format == 1) {
      image = redrawn(image, BufferedImage.TYPE_BYTE_INDEXED);
    } else if (product.colour() == Colour.GREY && format < 6) {
      image = redrawn(image, BufferedImage.TYPE_BYTE_GRAY);
    }
    String ending = format >= 4 ? "jpg" : "png";
    BufferedImage picture = image;
    AtomicFiles.writeStream(
        folder.resolve(number + "." + ending),
        out -> {
          if (!ImageIO.write(picture, ending, out)) {
            throw new IOException("no writer for " + ending + " pictures");
          }
        });
  }

  /** Half of a PNG file: begins well and breaks off. */
  static void writeBroken(Path folder) throws IOException {
    byte[] head = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13, 'I', 'H', 'D'};
    AtomicFiles.writeStream(folder.resolve("1.png"), out -> out.write(head));
  }

  private static BufferedImage redrawn(BufferedImage image, int type) {
    BufferedImage result = new BufferedImage(image.getWidth(), image.getHeight(), type);
    Graphics2D graphics = result.createGraphics();
    graphics.drawImage(image, 0, 0, null);
    graphics.dispose();
    return result;
  }
}
