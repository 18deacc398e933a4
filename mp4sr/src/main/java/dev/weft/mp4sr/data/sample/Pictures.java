package dev.weft.mp4sr.data.sample;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Random;

/** Draws products: the shape says the kind, its filling says colour and pattern. */
final class Pictures {
  /** Periods of the patterns, in widths of the object. */
  private static final double STRIPE = 0.1;

  private static final double DOT = 0.17;
  private static final double CHECK = 0.4;
  private static final double BAND = 0.34;

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
    Silhouette outline = Silhouette.of(product.kind());
    paint(graphics, outline, placement(width, height, random), product, random);
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
      Graphics2D graphics,
      Silhouette outline,
      AffineTransform placement,
      Product product,
      Random random) {
    double saturation = Streams.around(random, 0.05);
    double brightness = Streams.around(random, 0.05);
    Color base = product.colour().shade(Streams.around(random, 0.01), saturation, brightness);
    Area body = outline.body().createTransformedArea(placement);
    graphics.setColor(base);
    graphics.fill(body);
    Area marks = new Area(marks(product.pattern(), random)).createTransformedArea(placement);
    marks.intersect(body);
    graphics.setColor(lighter(base));
    graphics.fill(marks);
    graphics.setColor(FITTING);
    graphics.setStroke(new BasicStroke(1.2f));
    graphics.draw(body);
    graphics.fill(outline.fittings().createTransformedArea(placement));
  }

  private static Color lighter(Color base) {
    double keep = 0.25;
    return new Color(
        (int) (255 - keep * (255 - base.getRed())),
        (int) (255 - keep * (255 - base.getGreen())),
        (int) (255 - keep * (255 - base.getBlue())));
  }

  /** The pattern over the unit square and a little more; its parts do not overlap. */
  private static Path2D marks(Pattern pattern, Random random) {
    Path2D marks = new Path2D.Double();
    double phase = random.nextDouble();
    switch (pattern) {
      case PLAIN -> {}
      case STRIPED -> {
        for (double y = -STRIPE * phase; y < 1; y += STRIPE) {
          marks.append(new Rectangle2D.Double(0, y, 1, STRIPE / 2), false);
        }
      }
      case DIAGONAL -> {
        for (double at = -BAND * phase; at < 2; at += BAND) {
          marks.append(slanted(at, BAND * 0.35), false);
        }
      }
      case DOTTED -> grid(marks, DOT, phase, new Ellipse2D.Double(0, 0, DOT * 0.45, DOT * 0.45));
      case CHECKED -> grid(marks, CHECK, phase, new Rectangle2D.Double(0, 0, CHECK / 2, CHECK / 2));
    }
    return marks;
  }

  /** Repeats a mark in rows half a period apart, every other row shifted by half a period. */
  private static void grid(Path2D marks, double period, double phase, Shape mark) {
    boolean odd = false;
    for (double y = -period * phase; y < 1; y += period / 2) {
      for (double x = -period * (1 + phase); x < 1; x += period) {
        double shift = odd ? period / 2 : 0;
        AffineTransform place = AffineTransform.getTranslateInstance(x + shift, y);
        marks.append(place.createTransformedShape(mark), false);
      }
      odd = !odd;
    }
  }

  private static Shape slanted(double at, double width) {
    AffineTransform turn = AffineTransform.getRotateInstance(Math.PI / 4, at, 0);
    return turn.createTransformedShape(new Rectangle2D.Double(at - width / 2, -2, width, 4));
  }
}
