package dev.weft.mp4sr.data.sample;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Simulates the users: each has tastes that drift, buys what the softmax of the utilities gives,
 * and is led on by the last purchase. Cold products come on sale on one late day.
 */
final class Shoppers {
  static final long LAST_DAY = LocalDate.of(2018, 9, 30).toEpochDay();
  static final long LAUNCH_DAY = LAST_DAY - 60;
  private static final double LAST_VISIT_DAYS = 75;
  private static final double MEAN_GAP_DAYS = 45;
  private static final int SHORTEST = 5;
  private static final int LONGEST = 40;

  private final SampleOptions options;
  private final List<Product> products;

  Shoppers(SampleOptions options, List<Product> products) {
    this.options = options;
    this.products = products;
  }

  /** All purchases in order of time; those of one user and day in the order they were made. */
  List<Purchase> purchases() {
    List<Purchase> all = new ArrayList<>();
    int fewer = options.users() / 50;
    for (int user = 0; user < options.users() + fewer; user++) {
      Random random = Streams.of(options.seed(), options.domain().stream("shopper"), user);
      int length = user < options.users() ? length(random) : 1 + random.nextInt(SHORTEST - 1);
      shop(
          random, Streams.id(random, "A" + options.domain().mark(), 14), days(random, length), all);
    }
    all.sort(Comparator.comparingLong(Purchase::day));
    return all;
  }

  private int length(Random random) {
    double more = Streams.exponential(random, options.meanLength() - SHORTEST + 0.5);
    int longest = Math.min(LONGEST, products.size() / 4);
    return Math.min(longest, SHORTEST + (int) more);
  }

  private static long[] days(Random random, int length) {
    long[] days = new long[length];
    double day = LAST_DAY - LAST_VISIT_DAYS * random.nextDouble();
    for (int i = length - 1; i >= 0; i--) {
      days[i] = (long) Math.floor(day);
      day -= Streams.exponential(random, MEAN_GAP_DAYS);
    }
    return days;
  }

  private void shop(Random random, String user, long[] days, List<Purchase> all) {
    Tastes tastes = new Tastes(options.tastes(), options.domain().kinds(), random);
    boolean[] owned = new boolean[products.size()];
    Product last = null;
    for (long day : days) {
      tastes.drift();
      int bought = choose(random, tastes, last, day, owned);
      owned[bought] = true;
      last = products.get(bought);
      all.add(new Purchase(user, bought, day));
    }
  }

  private int choose(Random random, Tastes tastes, Product last, long day, boolean[] owned) {
    double[] cumulative = new double[products.size()];
    double sum = 0;
    for (int i = 0; i < cumulative.length; i++) {
      Product product = products.get(i);
      if (!owned[i] && (day >= LAUNCH_DAY || !product.isCold())) {
        sum += StrictMath.exp(utility(tastes, last, product));
      }
      cumulative[i] = sum;
    }
    double drawn = random.nextDouble() * sum;
    int chosen = 0;
    while (cumulative[chosen] <= drawn) {
      chosen++;
    }
    return chosen;
  }

  private double utility(Tastes tastes, Product last, Product product) {
    double common = product.popularity() + (product.isCold() ? options.tastes().novelty() : 0);
    return common + tastes.utility(product) + follow(last, product);
  }

  private double follow(Product last, Product product) {
    if (last == null || !last.kind().isFollowedBy(product.kind())) {
      return 0;
    }
    double matches = last.colour() == product.colour() ? options.tastes().matches() : 0;
    return options.tastes().follows() + matches;
  }
}
