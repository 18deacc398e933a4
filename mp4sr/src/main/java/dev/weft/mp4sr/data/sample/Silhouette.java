package dev.weft.mp4sr.data.sample;

import java.awt.BasicStroke;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Arc2D;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The outline of a kind of product in the unit square (y down): {@code body} carries colour and
 * pattern, {@code fittings} are dark and the same for all.
 */
record Silhouette(Area body, Area fittings) {
  private static final Map<Kind, Silhouette> ALL =
      Arrays.stream(Kind.values())
          .collect(Collectors.toUnmodifiableMap(Function.identity(), Silhouette::draw));

  static Silhouette of(Kind kind) {
    return ALL.get(kind);
  }

  private static Silhouette draw(Kind kind) {
    return switch (kind) {
      case MUG ->
          new Silhouette(union(round(0.06, 0.14, 0.64, 0.74, 0.12), ring(0.72, 0.5, 0.2)), union());
      case KETTLE ->
          new Silhouette(
              union(
                  ellipse(0.06, 0.3, 0.74, 0.62),
                  polygon(0.7, 0.66, 0.98, 0.34, 0.9, 0.28, 0.6, 0.44)),
              union(arc(0.18, 0.08, 0.5, 0.5, 0, 180), ellipse(0.39, 0.24, 0.08, 0.08)));
      case BOTTLE ->
          new Silhouette(
              union(
                  round(0.26, 0.34, 0.48, 0.62, 0.14),
                  polygon(0.26, 0.42, 0.4, 0.18, 0.6, 0.18, 0.74, 0.42)),
              union(round(0.4, 0.06, 0.2, 0.12, 0.04)));
      case VASE ->
          new Silhouette(
              union(
                  ellipse(0.16, 0.3, 0.68, 0.58),
                  polygon(0.38, 0.4, 0.26, 0.06, 0.74, 0.06, 0.62, 0.4),
                  polygon(0.36, 0.8, 0.28, 0.96, 0.72, 0.96, 0.64, 0.8)),
              union());
      case LAMP ->
          new Silhouette(
              union(polygon(0.3, 0.06, 0.7, 0.06, 0.96, 0.62, 0.04, 0.62)),
              union(box(0.47, 0.62, 0.06, 0.26), ellipse(0.28, 0.86, 0.44, 0.1)));
      case CLOCK ->
          new Silhouette(
              union(ellipse(0.05, 0.05, 0.9, 0.9)),
              union(
                  line(0.5, 0.5, 0.5, 0.2),
                  line(0.5, 0.5, 0.72, 0.6),
                  ellipse(0.45, 0.45, 0.1, 0.1)));
      case CHAIR ->
          new Silhouette(
              union(
                  round(0.16, 0.04, 0.64, 0.48, 0.08),
                  polygon(0.16, 0.54, 0.8, 0.54, 0.94, 0.7, 0.08, 0.7)),
              union(box(0.12, 0.7, 0.05, 0.26), box(0.84, 0.7, 0.05, 0.26)));
      case CUSHION -> new Silhouette(union(cushion()), union());
      case BACKPACK ->
          new Silhouette(
              union(
                  round(0.16, 0.14, 0.68, 0.82, 0.3),
                  round(0.05, 0.5, 0.14, 0.36, 0.08),
                  round(0.81, 0.5, 0.14, 0.36, 0.08)),
              union(arc(0.4, 0.04, 0.2, 0.2, 0, 180), box(0.26, 0.6, 0.48, 0.03)));
      case UMBRELLA ->
          new Silhouette(
              union(pie(0.02, 0.08, 0.96, 1.1)),
              union(
                  box(0.48, 0.62, 0.04, 0.24),
                  arc(0.36, 0.77, 0.15, 0.16, 180, 180),
                  box(0.485, 0.03, 0.03, 0.06)));
      case NOTEBOOK -> new Silhouette(union(round(0.16, 0.04, 0.7, 0.92, 0.05)), rings());
      case HEADPHONES ->
          new Silhouette(
              union(ellipse(0.03, 0.38, 0.44, 0.56), ellipse(0.53, 0.38, 0.44, 0.56)),
              union(arc(0.16, 0.08, 0.68, 0.8, 0, 180)));
    };
  }

  private static Area union(Shape... shapes) {
    Area area = new Area();
    for (Shape shape : shapes) {
      area.add(new Area(shape));
    }
    return area;
  }

  private static Shape box(double x, double y, double width, double height) {
    return new Rectangle2D.Double(x, y, width, height);
  }

  private static Shape round(double x, double y, double width, double height, double arc) {
    return new RoundRectangle2D.Double(x, y, width, height, arc, arc);
  }

  private static Shape ellipse(double x, double y, double width, double height) {
    return new Ellipse2D.Double(x, y, width, height);
  }

  private static Shape polygon(double... points) {
    Path2D path = new Path2D.Double();
    path.moveTo(points[0], points[1]);
    for (int i = 2; i < points.length; i += 2) {
      path.lineTo(points[i], points[i + 1]);
    }
    path.closePath();
    return path;
  }

  /** Strokes at a hundredfold size: curves are flattened to a tolerance in absolute units. */
  private static Shape stroked(Shape shape) {
    AffineTransform grow = AffineTransform.getScaleInstance(100, 100);
    AffineTransform shrink = AffineTransform.getScaleInstance(0.01, 0.01);
    BasicStroke stroke = new BasicStroke(5, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    Shape outline = stroke.createStrokedShape(grow.createTransformedShape(shape));
    return shrink.createTransformedShape(outline);
  }

  private static Shape line(double x1, double y1, double x2, double y2) {
    return stroked(new Line2D.Double(x1, y1, x2, y2));
  }

  private static Shape arc(
      double x, double y, double width, double height, double from, double by) {
    return stroked(new Arc2D.Double(x, y, width, height, from, by, Arc2D.OPEN));
  }

  private static Shape ring(double x, double y, double radius) {
    return stroked(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
  }

  private static Shape pie(double x, double y, double width, double height) {
    return new Arc2D.Double(x, y, width, height, 0, 180, Arc2D.PIE);
  }

  private static Shape cushion() {
    Path2D path = new Path2D.Double();
    path.moveTo(0.1, 0.14);
    path.quadTo(0.5, 0.24, 0.9, 0.14);
    path.quadTo(0.8, 0.5, 0.9, 0.86);
    path.quadTo(0.5, 0.76, 0.1, 0.86);
    path.quadTo(0.2, 0.5, 0.1, 0.14);
    path.closePath();
    return path;
  }

  private static Area rings() {
    Area area = new Area();
    for (int i = 0; i < 7; i++) {
      area.add(new Area(ring(0.16, 0.15 + 0.115 * i, 0.03)));
    }
    return area;
  }
}
