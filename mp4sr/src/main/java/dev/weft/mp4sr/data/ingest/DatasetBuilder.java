package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.data.DataException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * From a log of interactions to a dataset: order by time, drop duplicates, filter, number the items
 * that are left by first appearance, and count all of it.
 */
final class DatasetBuilder {
  private final InteractionLog log;
  private final IngestOptions options;
  private final boolean timed;
  private final IntSet owned = new IntSet();
  private final IntSet now = new IntSet();
  private long duplicates;
  private long repeats;
  private long repeatsDropped;
  private long ties;

  /** {@code timed}: interactions have a time of their own; else the order of the file is all. */
  DatasetBuilder(InteractionLog log, IngestOptions options, boolean timed) {
    this.log = log;
    this.options = options;
    this.timed = timed;
  }

  /**
   * Builds the dataset.
   *
   * @param source where it came from, for errors and the summary
   * @param readItems fills in what is known of the items that are left
   */
  IngestResult build(Source source, Consumer<ItemCatalogue> readItems) {
    ImageFolder images = new ImageFolder(options.images());
    Histories histories = histories();
    log.clear();
    CoreFilter filter = new CoreFilter(options, log.items().size());
    filter.apply(histories);
    int[] users = users(histories);
    if (users.length == 0) {
      throw nothingLeft(source);
    }
    int[] numbers = new int[log.items().size()];
    int[] items = renumber(histories, users, numbers);
    ItemCatalogue catalogue = new ItemCatalogue(log.items(), numbers, items.length);
    readItems.accept(catalogue);
    for (int i = 0; i < items.length; i++) {
      catalogue.addImages(i, images.of(log.items().name(items[i])));
    }
    Set<Integer> heldOut = heldOut(items.length);
    Ingested data = new Ingested(options.name(), log, histories, users, items, catalogue, heldOut);
    return new IngestResult(data, summary(source, filter, data));
  }

  private Histories histories() {
    InteractionLog.Order order = log.byUser();
    int users = log.users().size();
    int[] lengths = new int[users];
    int[] items = new int[log.size()];
    for (int user = 0; user < users; user++) {
      lengths[user] = distinct(order, user, items);
    }
    return new Histories(order.starts(), lengths, items);
  }

  /** Puts one user's items without duplicates where they belong; returns how many there are. */
  private int distinct(InteractionLog.Order order, int user, int[] items) {
    int start = order.starts()[user];
    int[] interactions = order.interactions();
    int at = start;
    owned.clear();
    now.clear();
    for (int i = start; i < order.starts()[user + 1]; i++) {
      int item = log.item(interactions[i]);
      boolean tied =
          timed && i > start && log.time(interactions[i]) == log.time(interactions[i - 1]);
      if (!tied) {
        now.clear();
      }
      if (timed && !now.add(item)) {
        duplicates++;
      } else if (keeps(owned.add(item))) {
        ties += tied ? 1 : 0;
        items[at++] = item;
      }
    }
    return at - start;
  }

  private boolean keeps(boolean isNew) {
    if (isNew) {
      return true;
    }
    repeats++;
    boolean keep = options.repeats() == Repeats.KEEP;
    repeatsDropped += keep ? 0 : 1;
    return keep;
  }

  private static int[] users(Histories histories) {
    int[] users = new int[histories.users()];
    int size = 0;
    for (int user = 0; user < users.length; user++) {
      if (histories.lengths()[user] > 0) {
        users[size++] = user;
      }
    }
    return Arrays.copyOf(users, size);
  }

  /** Numbers items by first appearance, in the histories too; returns the log's numbers of them. */
  private static int[] renumber(Histories histories, int[] users, int[] numbers) {
    int[] ids = new int[numbers.length];
    int size = 0;
    int[] items = histories.items();
    for (int user : users) {
      int end = histories.starts()[user] + histories.lengths()[user];
      for (int at = histories.starts()[user]; at < end; at++) {
        int item = items[at];
        if (numbers[item] == 0) {
          ids[size++] = item;
          numbers[item] = size;
        }
        items[at] = numbers[item];
      }
    }
    return Arrays.copyOf(ids, size);
  }

  /** A share of the items, drawn from a seed of its own. */
  private Set<Integer> heldOut(int items) {
    int count = (int) Math.round(options.heldOut().share() * items);
    int[] numbers = new int[items];
    Random random = new Random(options.heldOut().seed());
    Set<Integer> heldOut = new HashSet<>();
    for (int i = 0; i < count; i++) {
      int j = i + random.nextInt(items - i);
      int drawn = numbers[j] == 0 ? j + 1 : numbers[j];
      numbers[j] = numbers[i] == 0 ? i + 1 : numbers[i];
      heldOut.add(drawn);
    }
    return heldOut;
  }

  private DataException nothingLeft(Source source) {
    return new DataException(
        "%s: nothing is left of %d users, %d items, %d interactions (%s); lower the minimum"
            .formatted(
                source.interactions(),
                log.users().size(),
                log.items().size(),
                log.size(),
                options.filters()));
  }

  private IngestSummary summary(Source source, CoreFilter filter, Ingested data) {
    return new IngestSummary(
        source.files(),
        source.format(),
        options.filters(),
        new IngestSummary.Lines(source.linesRead(), source.badLines().count()),
        new IngestSummary.Cleaning(duplicates, repeats, repeatsDropped, ties, filter.rounds()),
        new IngestSummary.Sizes(log.users().size(), log.items().size(), log.size()),
        IngestSummary.Sizes.of(data),
        IngestSummary.sparsity(data),
        IngestSummary.Lengths.of(data.sortedLengths()),
        Coverage.of(data));
  }
}
