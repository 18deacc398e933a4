package dev.weft.mp4sr.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.ImageIO;

/** Pictures small enough to stand in a page, as data URIs. */
final class Thumbnails {
  /** Longest side: sharp at twice the size they are shown at. */
  private static final int SIDE = 192;

  private final Map<Path, String> known = new HashMap<>();

  /** The data URI of a picture; null if there is none or it cannot be read. */
  String of(Path file) {
    return file == null ? null : known.computeIfAbsent(file, Thumbnails::encode);
  }

  private static String encode(Path file) {
    try {
      BufferedImage image = ImageIO.read(file.toFile());
      return image == null ? null : jpeg(fit(image));
    } catch (IOException | RuntimeException e) {
      return null; // broken pictures are part of catalogues; ImageIO's decoders throw many things
    }
  }

  /** Halves before it scales, so that no pixel of a large picture is passed over. */
  private static BufferedImage fit(BufferedImage image) {
    BufferedImage current = image;
    while (Math.max(current.getWidth(), current.getHeight()) > 2 * SIDE) {
      current = scale(current, 0.5);
    }
    double factor = (double) SIDE / Math.max(current.getWidth(), current.getHeight());
    return scale(current, Math.min(1, factor));
  }

  private static BufferedImage scale(BufferedImage image, double factor) {
    int width = Math.max(1, (int) Math.round(image.getWidth() * factor));
    int height = Math.max(1, (int) Math.round(image.getHeight() * factor));
    BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, Color.WHITE, null);
    graphics.dispose();
    return scaled;
  }

  private static String jpeg(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", bytes);
    return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
