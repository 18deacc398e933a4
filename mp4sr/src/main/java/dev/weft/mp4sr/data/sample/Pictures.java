package dev.weft.mp4sr.data.sample;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Random;

/** Draws products: the shape says the kind, its filling says colour and pattern. */
final class Pictures {
  private static final int PERIODS = 8;
  private static final Color FITTING = new Color(0x33, 0x33, 0x38);

  private Pictures() {}

  /** A picture with an alpha channel when {@code transparent}, else on a pale ground. */
  static BufferedImage draw(
      Product product, int width, int height, boolean transparent, Random random) {
    int type = transparent ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(width, height, type);
    ground(image, transparent, random);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.transform(placement(width, height, random));
    paint(graphics, Silhouette.of(product.kind()), product, random);
    graphics.dispose();
    return image;
  }

  private static void ground(BufferedImage image, boolean transparent, Random random) {
    int[] row = new int[image.getWidth()];
    int tint = Color.HSBtoRGB(random.nextFloat(), 0.04f * random.nextFloat(), 1f);
    Arrays.fill(row, transparent ? 0x00FFFFFF : random.nextInt(3) == 0 ? tint : 0xFFFFFFFF);
    for (int y = 0; y < image.getHeight(); y++) {
      image.setRGB(0, y, row.length, 1, row, 0, row.length);
    }
  }

  private static AffineTransform placement(int width, int height, Random random) {
    double side = Math.min(width, height) * (0.86 + 0.12 * random.nextDouble());
    double shift = 0.02 * Math.min(width, height);
    AffineTransform placement = new AffineTransform();
    placement.translate(
        width / 2.0 + Streams.around(random, shift), height / 2.0 + Streams.around(random, shift));
    placement.rotate(Streams.around(random, 0.08));
    placement.scale(side, side);
    placement.translate(-0.5, -0.5);
    return placement;
  }

  private static void paint(
      Graphics2D graphics, Silhouette outline, Product product, Random random) {
    double saturation = Streams.around(random, 0.05);
    double brightness = Streams.around(random, 0.05);
    Color base = product.colour().shade(Streams.around(random, 0.01), saturation, brightness);
    graphics.setColor(base);
    graphics.fill(outline.body());
    Area marks = marks(product.pattern(), random);
    marks.intersect(outline.body());
    graphics.setColor(lighter(base));
    graphics.fill(marks);
    graphics.setColor(FITTING);
    graphics.setStroke(new BasicStroke(0.012f));
    graphics.draw(outline.body());
    graphics.fill(outline.fittings());
  }

  private static Color lighter(Color base) {
    double keep = 0.25;
    return new Color(
        (int) (255 - keep * (255 - base.getRed())),
        (int) (255 - keep * (255 - base.getGreen())),
        (int) (255 - keep * (255 - base.getBlue())));
  }

  private static Area marks(Pattern pattern, Random random) {
    Area marks = new Area();
    double period = 1.0 / PERIODS;
    double phase = random.nextDouble() * period;
    for (int row = -1; row <= PERIODS; row++) {
      double y = row * period + phase;
      switch (pattern) {
        case PLAIN -> {}
        case STRIPED -> marks.add(new Area(new Rectangle2D.Double(0, y, 1, period / 2)));
        case DIAGONAL -> {
          marks.add(new Area(slanted(2 * y, period * 0.7)));
        }
        case DOTTED, CHECKED -> row(marks, pattern, row, y, phase, period);
      }
    }
    return marks;
  }

  private static void row(
      Area marks, Pattern pattern, int row, double y, double phase, double period) {
    for (int column = -1; column <= PERIODS; column++) {
      double x = column * period + phase;
      if (pattern == Pattern.DOTTED) {
        double shift = row % 2 == 0 ? 0 : period / 2;
        marks.add(new Area(new Ellipse2D.Double(x + shift, y, period * 0.6, period * 0.6)));
      } else if ((row + column) % 2 == 0) {
        marks.add(new Area(new Rectangle2D.Double(x, y, period, period)));
      }
    }
  }

  private static Shape slanted(double at, double width) {
    AffineTransform turn = AffineTransform.getRotateInstance(Math.PI / 4, at, 0);
    return turn.createTransformedShape(new Rectangle2D.Double(at - width / 2, -2, width, 4));
  }
}
