package dev.weft.mp4sr.data.sample;

import static dev.weft.mp4sr.data.sample.Streams.pick;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** What one user likes just now. */
final class Tastes {
  private static final int GROUPS = 5;
  private static final int FAVOURITE_KINDS = 3;
  private static final int FAVOURITE_COLOURS = 2;

  private final TasteOptions options;
  private final List<Kind> sold;
  private final Random random;
  private Set<Kind> kinds = Set.of();
  private Set<Colour> colours = Set.of();
  private Purpose purpose = Purpose.TRAVEL;
  private Brand brand = Brand.TALUBO;
  private Pattern pattern = Pattern.PLAIN;

  /** {@code sold}: the kinds that the shop has. */
  Tastes(TasteOptions options, List<Kind> sold, Random random) {
    this.options = options;
    this.sold = sold;
    this.random = random;
    for (int group = 0; group < GROUPS; group++) {
      draw(group);
    }
  }

  /** Now and then one of the tastes becomes another. */
  void drift() {
    if (random.nextDouble() < options.drift()) {
      draw(random.nextInt(GROUPS));
    }
  }

  private void draw(int group) {
    switch (group) {
      case 0 -> kinds = several(Kind.class, sold, FAVOURITE_KINDS);
      case 1 -> colours = several(Colour.class, List.of(Colour.values()), FAVOURITE_COLOURS);
      case 2 -> purpose = pick(random, Purpose.values());
      case 3 -> brand = pick(random, Brand.values());
      default -> pattern = pick(random, Pattern.values());
    }
  }

  private <E extends Enum<E>> Set<E> several(Class<E> type, List<E> values, int count) {
    Set<E> drawn = EnumSet.noneOf(type);
    while (drawn.size() < count) {
      drawn.add(pick(random, values));
    }
    return drawn;
  }

  /** What the product's attributes add to its utility. */
  double utility(Product product) {
    return (kinds.contains(product.kind()) ? options.kind() : 0)
        + (colours.contains(product.colour()) ? options.colour() : 0)
        + (purpose == product.purpose() ? options.purpose() : 0)
        + (brand == product.brand() ? options.brand() : 0)
        + (pattern == product.pattern() ? options.pattern() : 0);
  }
}
