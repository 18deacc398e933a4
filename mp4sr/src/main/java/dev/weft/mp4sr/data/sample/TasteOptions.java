package dev.weft.mp4sr.data.sample;

/**
 * What drives the choice. Each number is what a match adds to a product's utility; the next product
 * is drawn from the softmax of the utilities of all that are on sale and not yet owned.
 *
 * @param kind the product is of one of the user's three favourite kinds
 * @param purpose it serves the user's purpose
 * @param brand it is of the user's brand
 * @param colour it has one of the user's two colours
 * @param pattern it has the user's pattern
 * @param follows its kind goes with the kind bought last
 * @param matches its kind goes with the kind bought last and its colour is the same
 * @param popularity standard deviation of what is added for everybody alike
 * @param novelty added to a cold product once it is on sale
 * @param drift probability that, before a choice, one of the five tastes is drawn anew
 */
public record TasteOptions(
    double kind,
    double purpose,
    double brand,
    double colour,
    double pattern,
    double follows,
    double matches,
    double popularity,
    double novelty,
    double drift) {
  /** Strong enough that histories tell tastes apart, with text and picture weighing alike. */
  public static TasteOptions defaults() {
    return new TasteOptions(1.0, 2.2, 2.2, 2.0, 1.8, 1.0, 1.0, 0.3, 1.0, 0.05);
  }

  /** Another standard deviation of what is added for everybody alike. */
  public TasteOptions withPopularity(double popularity) {
    return new TasteOptions(
        kind, purpose, brand, colour, pattern, follows, matches, popularity, novelty, drift);
  }
}
