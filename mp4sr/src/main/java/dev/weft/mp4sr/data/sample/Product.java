package dev.weft.mp4sr.data.sample;

/**
 * A product and the truth about it.
 *
 * @param asin its id
 * @param popularity added to its utility for everybody
 * @param isCold whether it comes to market only when most of the history is over
 */
public record Product(
    String asin,
    Kind kind,
    Purpose purpose,
    Brand brand,
    Colour colour,
    Pattern pattern,
    double popularity,
    boolean isCold) {}
