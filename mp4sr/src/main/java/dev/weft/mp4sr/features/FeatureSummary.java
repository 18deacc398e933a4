package dev.weft.mp4sr.features;

/**
 * What features were made of.
 *
 * @param items of the catalogue
 * @param itemsWithText items with at least one text
 * @param itemsWithImage items with at least one readable picture
 * @param texts sentences that BERT read
 * @param textsBeyondLimit sentences left out because their item has too many
 * @param images pictures that CLIP saw
 * @param imagesBeyondLimit pictures left out because their item has too many
 * @param unreadableImages pictures that could not be read; {@code tags.jsonl} says why
 * @param dictionaryWords words that CLIP chose from; 0 without CLIP
 * @param resumedItems items whose features an earlier, broken run had made
 * @param width d
 */
public record FeatureSummary(
    int items,
    int itemsWithText,
    int itemsWithImage,
    long texts,
    long textsBeyondLimit,
    long images,
    long imagesBeyondLimit,
    long unreadableImages,
    int dictionaryWords,
    int resumedItems,
    int width) {}
