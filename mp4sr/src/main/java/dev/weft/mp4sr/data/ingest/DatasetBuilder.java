package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    List<int[]> sequences = new ArrayList<>();
    for (int[] interactions : log.byUser()) {
      sequences.add(distinct(interactions));
    }
    CoreFilter filter = new CoreFilter(options, log.items().size());
    filter.apply(sequences);
    Map<Integer, Integer> numbers = new HashMap<>();
    List<String> ids = new ArrayList<>();
    List<String> users = new ArrayList<>();
    List<int[]> kept = new ArrayList<>();
    for (int user = 0; user < sequences.size(); user++) {
      if (sequences.get(user).length > 0) {
        users.add(log.users().get(user));
        kept.add(renumbered(sequences.get(user), numbers, ids));
      }
    }
    if (kept.isEmpty()) {
      throw nothingLeft(source);
    }
    ItemCatalogue catalogue = new ItemCatalogue(new HashSet<>(ids));
    readItems.accept(catalogue);
    List<Item> items = ids.stream().map(id -> item(id, catalogue, images)).toList();
    Dataset dataset = new Dataset(options.name(), items, users, kept);
    return new IngestResult(dataset, summary(source, filter, dataset, catalogue));
  }

  /** Item indices of one user's interactions without duplicates. */
  private int[] distinct(int[] interactions) {
    Set<Integer> owned = new HashSet<>();
    Set<Integer> now = new HashSet<>();
    int[] kept = new int[interactions.length];
    int size = 0;
    for (int i = 0; i < interactions.length; i++) {
      int item = log.item(interactions[i]);
      boolean tied = timed && i > 0 && log.time(interactions[i]) == log.time(interactions[i - 1]);
      if (!tied) {
        now.clear();
      }
      if (timed && !now.add(item)) {
        duplicates++;
      } else if (keeps(owned.add(item))) {
        ties += tied ? 1 : 0;
        kept[size++] = item;
      }
    }
    return Arrays.copyOf(kept, size);
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

  private int[] renumbered(int[] sequence, Map<Integer, Integer> numbers, List<String> ids) {
    int[] result = new int[sequence.length];
    for (int i = 0; i < sequence.length; i++) {
      Integer number = numbers.get(sequence[i]);
      if (number == null) {
        ids.add(log.items().get(sequence[i]));
        number = ids.size();
        numbers.put(sequence[i], number);
      }
      result[i] = number;
    }
    return result;
  }

  private static Item item(String id, ItemCatalogue catalogue, ImageFolder images) {
    List<String> pictures = new ArrayList<>(catalogue.images(id));
    pictures.addAll(images.of(id));
    return new Item(id, catalogue.texts(id), pictures);
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

  private IngestSummary summary(
      Source source, CoreFilter filter, Dataset dataset, ItemCatalogue catalogue) {
    return new IngestSummary(
        source.files(),
        source.format(),
        options.filters(),
        new IngestSummary.Lines(source.linesRead(), source.badLines().count()),
        new IngestSummary.Cleaning(duplicates, repeats, repeatsDropped, ties, filter.rounds()),
        new IngestSummary.Sizes(log.users().size(), log.items().size(), log.size()),
        IngestSummary.Sizes.of(dataset),
        IngestSummary.sparsity(dataset),
        IngestSummary.Lengths.of(dataset),
        Coverage.of(dataset, catalogue));
  }
}
