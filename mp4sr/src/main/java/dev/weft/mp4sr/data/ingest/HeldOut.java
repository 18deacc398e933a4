package dev.weft.mp4sr.data.ingest;

/**
 * Items that training must not see, so that recommending unknown items can be tried.
 *
 * @param share of the items, from 0 to below 1
 * @param seed which ones are drawn
 */
public record HeldOut(double share, long seed) {
  /** Every item may be trained on. */
  public static final HeldOut NONE = new HeldOut(0, 0);

  /** Checks the range. */
  public HeldOut {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("held-out share: " + share + " is not from 0 to below 1");
    }
  }
}
