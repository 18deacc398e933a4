package dev.weft.mp4sr.data.ingest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Interactions as they come, users and items numbered by first appearance from 0. */
final class InteractionLog {
  private final Map<String, Integer> userNumbers = new HashMap<>();
  private final Map<String, Integer> itemNumbers = new HashMap<>();
  private final List<String> users = new ArrayList<>();
  private final List<String> items = new ArrayList<>();
  private int[] userOf = new int[1024];
  private int[] itemOf = new int[1024];
  private double[] timeOf = new double[1024];
  private int size;

  /** One interaction; of two at the same time, the one added first came first. */
  void add(String user, String item, double time) {
    if (size == userOf.length) {
      int grown = Math.addExact(size, size >> 1);
      userOf = Arrays.copyOf(userOf, grown);
      itemOf = Arrays.copyOf(itemOf, grown);
      timeOf = Arrays.copyOf(timeOf, grown);
    }
    userOf[size] = number(user, userNumbers, users);
    itemOf[size] = number(item, itemNumbers, items);
    timeOf[size] = time;
    size++;
  }

  private static int number(String name, Map<String, Integer> numbers, List<String> names) {
    Integer known = numbers.putIfAbsent(name, names.size());
    if (known == null) {
      names.add(name);
      return names.size() - 1;
    }
    return known;
  }

  List<String> users() {
    return users;
  }

  List<String> items() {
    return items;
  }

  int size() {
    return size;
  }

  int item(int interaction) {
    return itemOf[interaction];
  }

  double time(int interaction) {
    return timeOf[interaction];
  }

  /** For each user the indices of the interactions, in order of time and then of arrival. */
  List<int[]> byUser() {
    int[] counts = new int[users.size()];
    for (int i = 0; i < size; i++) {
      counts[userOf[i]]++;
    }
    List<int[]> indices = new ArrayList<>();
    for (int count : counts) {
      indices.add(new int[count]);
    }
    Arrays.fill(counts, 0);
    for (int i = 0; i < size; i++) {
      indices.get(userOf[i])[counts[userOf[i]]++] = i;
    }
    indices.replaceAll(this::inOrderOfTime);
    return indices;
  }

  private int[] inOrderOfTime(int[] indices) {
    for (int i = 1; i < indices.length; i++) {
      if (timeOf[indices[i - 1]] > timeOf[indices[i]]) {
        // A stable sort of objects; the primitive one does not keep ties in order.
        return Arrays.stream(indices)
            .boxed()
            .sorted((a, b) -> Double.compare(timeOf[a], timeOf[b]))
            .mapToInt(Integer::intValue)
            .toArray();
      }
    }
    return indices;
  }
}
