package dev.weft.mp4sr.data.sample;

import java.util.Locale;

/** What is printed on a product: shown by its pictures only. */
public enum Pattern {
  PLAIN,
  STRIPED,
  DOTTED,
  CHECKED,
  DIAGONAL;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
