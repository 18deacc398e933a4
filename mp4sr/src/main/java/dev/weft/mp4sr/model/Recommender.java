package dev.weft.mp4sr.model;

/** Something that ranks items after a history. */
public interface Recommender {
  /** A short name for reports. */
  String name();

  /** Opens a scorer, which serves until the parameters change. */
  Scorer scorer();
}
