package dev.weft.mp4sr.features;

import java.util.List;

/**
 * What features were made of.
 *
 * @param items of the catalogue
 * @param itemsWithText items with at least one text
 * @param itemsWithImage items with at least one readable picture
 * @param itemsWithNeither items with neither: a model sees them by their number at best
 * @param texts sentences that BERT read
 * @param textsBeyondLimit sentences left out because their item has too many
 * @param images pictures that CLIP saw
 * @param imagesBeyondLimit pictures left out because their item has too many
 * @param unreadableImages pictures that could not be read; {@code tags.jsonl} says why
 * @param unreadable the first of these, with the reason
 * @param dictionaryWords words that CLIP chose from; 0 without CLIP
 * @param resumedItems items whose features an earlier, broken run had made
 * @param width d
 */
public record FeatureSummary(
    int items,
    int itemsWithText,
    int itemsWithImage,
    int itemsWithNeither,
    long texts,
    long textsBeyondLimit,
    long images,
    long imagesBeyondLimit,
    long unreadableImages,
    List<String> unreadable,
    int dictionaryWords,
    int resumedItems,
    int width) {
  /** Copies the list. */
  public FeatureSummary {
    unreadable = List.copyOf(unreadable);
  }
}
