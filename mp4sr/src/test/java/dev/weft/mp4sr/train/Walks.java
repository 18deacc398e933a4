package dev.weft.mp4sr.train;

import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.mp4sr.data.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Users who go from item i to i + 1, mostly. */
final class Walks {
  static final int ITEMS = 20;

  private Walks() {}

  static Split split(int users, long seed) {
    Random random = new Random(seed);
    List<Item> items = new ArrayList<>();
    for (int item = 1; item <= ITEMS; item++) {
      items.add(new Item("item " + item, List.of(), List.of()));
    }
    List<String> names = new ArrayList<>();
    List<int[]> sequences = new ArrayList<>();
    for (int user = 0; user < users; user++) {
      int[] sequence = new int[4 + random.nextInt(6)];
      sequence[0] = 1 + random.nextInt(ITEMS);
      for (int i = 1; i < sequence.length; i++) {
        sequence[i] =
            random.nextInt(8) == 0 ? 1 + random.nextInt(ITEMS) : sequence[i - 1] % ITEMS + 1;
      }
      names.add("user " + user);
      sequences.add(sequence);
    }
    return Split.leaveOneOut(new Dataset("walks", items, names, sequences));
  }
}
