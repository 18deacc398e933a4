package dev.weft.mp4sr.data.sample;

import java.util.Objects;

/**
 * How big a sample is and what drives its shoppers.
 *
 * @param seed of everything that is random; the same seed gives the same bytes
 * @param products number of products
 * @param users number of users with at least five reviews; one in fifty more has fewer
 * @param meanLength average number of reviews of those users
 * @param coldShare share of the products that appear only late
 * @param tastes what drives the choice
 * @param domain which shop
 */
public record SampleOptions(
    long seed,
    int products,
    int users,
    double meanLength,
    double coldShare,
    TasteOptions tastes,
    Domain domain) {
  /** Standard deviation of the popularity in each of two shops. */
  private static final double SKEWED = 0.8;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the field
   */
  public SampleOptions {
    Objects.requireNonNull(tastes, "tastes");
    Objects.requireNonNull(domain, "domain");
    if (products < 24) {
      throw new IllegalArgumentException("products: " + products + ", at least 24 are needed");
    }
    if (users < 1) {
      throw new IllegalArgumentException("users: " + users + ", at least 1 is needed");
    }
    if (!(meanLength >= 6 && meanLength <= 20)) {
      throw new IllegalArgumentException("meanLength: " + meanLength + " is not from 6 to 20");
    }
    if (!(coldShare >= 0 && coldShare <= 0.5)) {
      throw new IllegalArgumentException("coldShare: " + coldShare + " is not from 0 to 0.5");
    }
  }

  /** 800 products, 3,000 users, about 12 reviews each, a tenth of the products cold. */
  public static SampleOptions defaults() {
    return new SampleOptions(42, 800, 3000, 12, 0.1, TasteOptions.defaults(), Domain.WHOLE);
  }

  /** The same with another seed. */
  public SampleOptions withSeed(long seed) {
    return new SampleOptions(seed, products, users, meanLength, coldShare, tastes, domain);
  }

  /** The same in another size. */
  public SampleOptions withSize(int products, int users) {
    return new SampleOptions(seed, products, users, meanLength, coldShare, tastes, domain);
  }

  /** The same with other tastes. */
  public SampleOptions withTastes(TasteOptions tastes) {
    return new SampleOptions(seed, products, users, meanLength, coldShare, tastes, domain);
  }

  /**
   * One of the two shops: half the kinds, and a few products much more popular than the rest.
   * {@link Domain#WHOLE} changes nothing.
   */
  public SampleOptions withDomain(Domain domain) {
    TasteOptions skewed = domain == Domain.WHOLE ? tastes : tastes.withPopularity(SKEWED);
    return new SampleOptions(seed, products, users, meanLength, coldShare, skewed, domain);
  }
}
