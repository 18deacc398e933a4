package dev.weft.nn.checkpoint;

import java.util.List;

/** Names in an error: the first few, and how many more there are. */
final class Listed {
  private static final int SHOWN = 3;

  private Listed() {}

  static String some(List<String> names) {
    int shown = Math.min(names.size(), SHOWN);
    String rest = names.size() > shown ? " and " + (names.size() - shown) + " more" : "";
    return String.join(", ", names.subList(0, shown)) + rest;
  }
}
