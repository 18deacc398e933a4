package dev.weft.mp4sr.data.ingest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Texts and images of the items that are wanted, as an items' file mentions them. */
final class ItemCatalogue {
  private final Set<String> wanted;
  private final Map<String, List<String>> texts = new HashMap<>();
  private final Map<String, List<String>> images = new HashMap<>();
  private final Set<String> linked = new HashSet<>();
  private long duplicates;

  ItemCatalogue(Set<String> wanted) {
    this.wanted = wanted;
  }

  /** Whether to go on with an item: wanted, and not mentioned before. */
  boolean wants(String id) {
    if (texts.containsKey(id)) {
      duplicates++;
      return false;
    }
    return wanted.contains(id);
  }

  void put(String id, List<String> rawTexts) {
    texts.put(id, ItemTexts.clean(rawTexts));
  }

  void addImage(String id, String path) {
    images.computeIfAbsent(id, key -> new ArrayList<>()).add(path);
  }

  /** The metadata names an address of a picture. */
  void addLink(String id) {
    linked.add(id);
  }

  List<String> texts(String id) {
    return texts.getOrDefault(id, List.of());
  }

  List<String> images(String id) {
    return images.getOrDefault(id, List.of());
  }

  boolean knows(String id) {
    return texts.containsKey(id);
  }

  boolean isLinked(String id) {
    return linked.contains(id);
  }

  long duplicates() {
    return duplicates;
  }
}
