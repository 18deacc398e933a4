package dev.weft.mp4sr.data.ingest;

/** What becomes of an item that a user comes back to at another time. */
public enum Repeats {
  /** Every occurrence stays. */
  KEEP,
  /** Only the first occurrence stays. */
  FIRST_ONLY
}
