package dev.weft.nn.image;

import java.awt.color.ColorSpace;
import java.io.Serial;

/** Cyan, magenta, yellow and black as Pillow turns them into light, without a profile. */
final class InkSpace extends ColorSpace {
  @Serial private static final long serialVersionUID = 1L;

  InkSpace() {
    super(TYPE_CMYK, 4);
  }

  @Override
  public float[] toRGB(float[] inks) {
    float white = 1 - inks[3];
    return new float[] {(1 - inks[0]) * white, (1 - inks[1]) * white, (1 - inks[2]) * white};
  }

  @Override
  public float[] fromRGB(float[] rgb) {
    float white = Math.max(rgb[0], Math.max(rgb[1], rgb[2]));
    float[] inks = {0, 0, 0, 1 - white};
    for (int i = 0; i < 3 && white > 0; i++) {
      inks[i] = 1 - rgb[i] / white;
    }
    return inks;
  }

  @Override
  public float[] toCIEXYZ(float[] inks) {
    return ColorSpace.getInstance(CS_sRGB).toCIEXYZ(toRGB(inks));
  }

  @Override
  public float[] fromCIEXYZ(float[] xyz) {
    return fromRGB(ColorSpace.getInstance(CS_sRGB).fromCIEXYZ(xyz));
  }
}
