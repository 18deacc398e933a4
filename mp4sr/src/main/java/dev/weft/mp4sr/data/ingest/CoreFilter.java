package dev.weft.mp4sr.data.ingest;

/**
 * Leaves out rare items and users: items first, then users; once, or until nothing changes (the
 * k-core of the bipartite graph).
 */
final class CoreFilter {
  private final IngestOptions options;
  private final int items;
  private int rounds;

  CoreFilter(IngestOptions options, int items) {
    this.options = options;
    this.items = items;
  }

  /** Shortens the histories in place; those left out become empty. */
  void apply(Histories histories) {
    boolean changed = true;
    while (changed && (rounds == 0 || options.untilStable())) {
      changed = dropItems(histories);
      changed |= dropUsers(histories);
      rounds++;
    }
  }

  int rounds() {
    return rounds;
  }

  private boolean dropItems(Histories histories) {
    int[] counts = new int[items];
    for (int user = 0; user < histories.users(); user++) {
      int end = histories.starts()[user] + histories.lengths()[user];
      for (int at = histories.starts()[user]; at < end; at++) {
        counts[histories.items()[at]]++;
      }
    }
    boolean changed = false;
    for (int user = 0; user < histories.users(); user++) {
      changed |= histories.retain(user, item -> counts[item] >= options.minItemInteractions());
    }
    return changed;
  }

  private boolean dropUsers(Histories histories) {
    boolean changed = false;
    int[] lengths = histories.lengths();
    for (int user = 0; user < lengths.length; user++) {
      if (lengths[user] > 0 && lengths[user] < options.minUserInteractions()) {
        lengths[user] = 0;
        changed = true;
      }
    }
    return changed;
  }
}
