package dev.weft.mp4sr.data.ingest;

import java.util.Arrays;
import java.util.List;

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

  /** Shortens the sequences in place; those left out become empty. */
  void apply(List<int[]> sequences) {
    boolean changed = true;
    while (changed && (rounds == 0 || options.untilStable())) {
      changed = dropItems(sequences);
      changed |= dropUsers(sequences);
      rounds++;
    }
  }

  int rounds() {
    return rounds;
  }

  private boolean dropItems(List<int[]> sequences) {
    int[] counts = new int[items];
    sequences.forEach(sequence -> Arrays.stream(sequence).forEach(item -> counts[item]++));
    boolean changed = false;
    for (int user = 0; user < sequences.size(); user++) {
      int[] sequence = sequences.get(user);
      int[] kept =
          Arrays.stream(sequence)
              .filter(item -> counts[item] >= options.minItemInteractions())
              .toArray();
      if (kept.length < sequence.length) {
        sequences.set(user, kept);
        changed = true;
      }
    }
    return changed;
  }

  private boolean dropUsers(List<int[]> sequences) {
    boolean changed = false;
    for (int user = 0; user < sequences.size(); user++) {
      int length = sequences.get(user).length;
      if (length > 0 && length < options.minUserInteractions()) {
        sequences.set(user, new int[0]);
        changed = true;
      }
    }
    return changed;
  }
}
