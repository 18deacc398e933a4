package dev.weft.mp4sr.data.sample;

import static dev.weft.mp4sr.data.sample.Streams.pick;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Draws the products: attributes independent of each other, kinds equally frequent. */
final class Catalogue {
  private Catalogue() {}

  static List<Product> draw(SampleOptions options) {
    Random random = Streams.of(options.seed(), options.domain().stream("catalogue"), 0);
    List<Boolean> cold = new ArrayList<>();
    long coldProducts = Math.round(options.products() * options.coldShare());
    for (int i = 0; i < options.products(); i++) {
      cold.add(i < coldProducts);
    }
    Collections.shuffle(cold, random);
    Set<String> asins = new HashSet<>();
    List<Kind> kinds = options.domain().kinds();
    String prefix = "B0" + options.domain().mark();
    List<Product> products = new ArrayList<>();
    for (int i = 0; i < options.products(); i++) {
      Kind kind = kinds.get(i % kinds.size());
      products.add(
          product(random, uniqueAsin(random, prefix, asins), kind, cold.get(i), options.tastes()));
    }
    Collections.shuffle(products, random);
    return List.copyOf(products);
  }

  private static String uniqueAsin(Random random, String prefix, Set<String> taken) {
    while (true) {
      String asin = Streams.id(random, prefix, 10);
      if (taken.add(asin)) {
        return asin;
      }
    }
  }

  private static Product product(
      Random random, String asin, Kind kind, boolean cold, TasteOptions tastes) {
    Purpose purpose = pick(random, Purpose.values());
    Brand brand = pick(random, Brand.values());
    Colour colour = pick(random, Colour.values());
    Pattern pattern = pick(random, Pattern.values());
    double popularity = tastes.popularity() * random.nextGaussian();
    return new Product(asin, kind, purpose, brand, colour, pattern, popularity, cold);
  }
}
