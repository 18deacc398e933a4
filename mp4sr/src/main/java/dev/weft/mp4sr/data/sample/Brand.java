package dev.weft.mp4sr.data.sample;

import java.util.Locale;

/** Who makes a product: said by its texts only. */
public enum Brand {
  NORVELLO,
  TALUBO,
  QUENDRA,
  OSTRANI,
  BRIMSOLD,
  YANDOVA,
  FENLOWE,
  MIRELDA,
  ZUMPFEN,
  KARROWAY;

  String label() {
    return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
  }
}
