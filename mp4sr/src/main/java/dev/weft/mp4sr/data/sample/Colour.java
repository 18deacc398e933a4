package dev.weft.mp4sr.data.sample;

import java.awt.Color;
import java.util.Locale;

/** What colour a product has: shown by its pictures only. */
public enum Colour {
  RED(0.00f, 0.85f, 0.82f),
  ORANGE(0.08f, 0.88f, 0.96f),
  YELLOW(0.15f, 0.80f, 0.96f),
  GREEN(0.33f, 0.70f, 0.58f),
  TEAL(0.48f, 0.75f, 0.68f),
  BLUE(0.61f, 0.78f, 0.80f),
  PURPLE(0.77f, 0.60f, 0.62f),
  PINK(0.92f, 0.42f, 0.96f),
  BROWN(0.06f, 0.65f, 0.38f),
  GREY(0.00f, 0.00f, 0.45f);

  private final float hue;
  private final float saturation;
  private final float brightness;

  Colour(float hue, float saturation, float brightness) {
    this.hue = hue;
    this.saturation = saturation;
    this.brightness = brightness;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** A shade of it; the arguments shift hue, saturation and brightness. */
  Color shade(double hueShift, double saturationShift, double brightnessShift) {
    double chroma = saturation == 0 ? 0 : saturation + saturationShift;
    return Color.getHSBColor(
        (float) (hue + hueShift), unit(chroma), unit(brightness + brightnessShift));
  }

  private static float unit(double value) {
    return (float) Math.clamp(value, 0.0, 1.0);
  }
}
