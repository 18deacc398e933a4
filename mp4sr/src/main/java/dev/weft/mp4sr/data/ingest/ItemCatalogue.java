package dev.weft.mp4sr.data.ingest;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Texts and images of the items that are wanted, as an items' file mentions them. */
final class ItemCatalogue {
  private final IdTable ids;
  private final int[] numbers;
  private final StringLists texts;
  private final StringLists images;
  private final BitSet linked = new BitSet();
  private long duplicates;

  /**
   * {@code numbers}: for each item of {@code ids} its number from 1, or 0 where it is not wanted;
   * {@code wanted}: how many are.
   */
  ItemCatalogue(IdTable ids, int[] numbers, int wanted) {
    this.ids = ids;
    this.numbers = numbers;
    texts = new StringLists(wanted);
    images = new StringLists(wanted);
  }

  private int index(String id) {
    int known = ids.find(id);
    return known < 0 ? -1 : numbers[known] - 1;
  }

  /** Whether to go on with an item: wanted, and not mentioned before. */
  boolean wants(String id) {
    int index = index(id);
    if (index >= 0 && texts.has(index)) {
      duplicates++;
      return false;
    }
    return index >= 0;
  }

  void put(String id, List<String> rawTexts) {
    texts.put(index(id), ItemTexts.clean(rawTexts));
  }

  void addImages(String id, List<String> paths) {
    images.put(index(id), paths);
  }

  /** Adds the pictures of a folder to what the items' file names. */
  void addImages(int index, List<String> paths) {
    if (!paths.isEmpty()) {
      List<String> all = new ArrayList<>(images.get(index));
      all.addAll(paths);
      images.put(index, all);
    }
  }

  /** The metadata names an address of a picture. */
  void addLink(String id) {
    linked.set(index(id));
  }

  /** By index from 0. */
  List<String> texts(int index) {
    return texts.get(index);
  }

  List<String> images(int index) {
    return images.get(index);
  }

  boolean knows(int index) {
    return texts.has(index);
  }

  boolean isLinked(int index) {
    return linked.get(index);
  }

  long duplicates() {
    return duplicates;
  }
}
