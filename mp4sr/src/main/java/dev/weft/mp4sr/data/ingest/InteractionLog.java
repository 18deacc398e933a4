package dev.weft.mp4sr.data.ingest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Interactions as they come, users and items numbered by first appearance from 0: 16 bytes each, in
 * blocks, so that growing copies nothing.
 */
final class InteractionLog {
  private static final int SHIFT = 16;
  private static final int BLOCK = 1 << SHIFT;

  private final IdTable users = new IdTable();
  private final IdTable items = new IdTable();
  private final List<int[]> userOf = new ArrayList<>();
  private final List<int[]> itemOf = new ArrayList<>();
  private final List<double[]> timeOf = new ArrayList<>();
  private int size;

  /** One interaction; of two at the same time, the one added first came first. */
  void add(String user, String item, double time) {
    add(users.number(user), items.number(item), time);
  }

  /** The same by the numbers that {@link #users} and {@link #items} gave. */
  void add(int user, int item, double time) {
    int at = size & (BLOCK - 1);
    if (at == 0) {
      userOf.add(new int[BLOCK]);
      itemOf.add(new int[BLOCK]);
      timeOf.add(new double[BLOCK]);
    }
    userOf.getLast()[at] = user;
    itemOf.getLast()[at] = item;
    timeOf.getLast()[at] = time;
    size = Math.incrementExact(size);
  }

  IdTable users() {
    return users;
  }

  IdTable items() {
    return items;
  }

  int size() {
    return size;
  }

  int item(int interaction) {
    return itemOf.get(interaction >>> SHIFT)[interaction & (BLOCK - 1)];
  }

  double time(int interaction) {
    return timeOf.get(interaction >>> SHIFT)[interaction & (BLOCK - 1)];
  }

  private int user(int interaction) {
    return userOf.get(interaction >>> SHIFT)[interaction & (BLOCK - 1)];
  }

  /** Forgets the interactions, not the names, once they lie elsewhere. */
  void clear() {
    userOf.clear();
    itemOf.clear();
    timeOf.clear();
  }

  /** Interactions by user, then time, then arrival: those of user u from {@code starts[u]} on. */
  record Order(int[] starts, int[] interactions) {}

  Order byUser() {
    int[] starts = new int[users.size() + 1];
    for (int i = 0; i < size; i++) {
      starts[user(i) + 1]++;
    }
    for (int user = 0; user < users.size(); user++) {
      starts[user + 1] += starts[user];
    }
    int[] next = Arrays.copyOf(starts, users.size());
    int[] interactions = new int[size];
    for (int i = 0; i < size; i++) {
      interactions[next[user(i)]++] = i;
    }
    int[] scratch = new int[0];
    for (int user = 0; user < users.size(); user++) {
      int length = starts[user + 1] - starts[user];
      scratch = scratch.length < length ? new int[Math.max(length, 256)] : scratch;
      sort(interactions, starts[user], starts[user + 1], scratch);
    }
    return new Order(starts, interactions);
  }

  /** A stable merge sort by time; runs that are in order already are not touched. */
  private void sort(int[] order, int from, int to, int[] scratch) {
    if (to - from < 2) {
      return;
    }
    int middle = (from + to) >>> 1;
    sort(order, from, middle, scratch);
    sort(order, middle, to, scratch);
    if (time(order[middle - 1]) <= time(order[middle])) {
      return;
    }
    int left = middle - from;
    System.arraycopy(order, from, scratch, 0, left);
    int a = 0;
    int b = middle;
    for (int at = from; a < left; at++) {
      boolean takesLeft = b == to || time(scratch[a]) <= time(order[b]);
      order[at] = takesLeft ? scratch[a++] : order[b++];
    }
  }
}
