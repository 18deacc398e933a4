package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;

/**
 * What is known of the items.
 *
 * @param itemsWithText items with at least one text
 * @param texts texts in all
 * @param itemsWithImage items with at least one image file, readable or not
 * @param images image files in all
 * @param withoutMetadata items that the items' file does not mention
 * @param duplicateMetadata further mentions of an item in the items' file; the first counts
 * @param imageLinksOnly items without an image file whose metadata names an address; nothing is
 *     fetched
 */
public record Coverage(
    int itemsWithText,
    long texts,
    int itemsWithImage,
    long images,
    int withoutMetadata,
    long duplicateMetadata,
    int imageLinksOnly) {
  static Coverage of(Dataset dataset, ItemCatalogue catalogue) {
    int withText = 0;
    long texts = 0;
    int withImage = 0;
    long images = 0;
    int unknown = 0;
    int linksOnly = 0;
    for (Item item : dataset.items()) {
      withText += item.texts().isEmpty() ? 0 : 1;
      texts += item.texts().size();
      withImage += item.images().isEmpty() ? 0 : 1;
      images += item.images().size();
      unknown += catalogue.knows(item.id()) ? 0 : 1;
      linksOnly += item.images().isEmpty() && catalogue.isLinked(item.id()) ? 1 : 0;
    }
    return new Coverage(
        withText, texts, withImage, images, unknown, catalogue.duplicates(), linksOnly);
  }
}
