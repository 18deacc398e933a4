package dev.weft.mp4sr.data.ingest;

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
  static Coverage of(Ingested data) {
    int withText = 0;
    long texts = 0;
    int withImage = 0;
    long images = 0;
    int unknown = 0;
    int linksOnly = 0;
    ItemCatalogue catalogue = data.catalogue();
    for (int i = 0; i < data.itemCount(); i++) {
      int itsTexts = data.itemTexts(i).size();
      int itsImages = data.itemImages(i).size();
      withText += itsTexts == 0 ? 0 : 1;
      texts += itsTexts;
      withImage += itsImages == 0 ? 0 : 1;
      images += itsImages;
      unknown += catalogue.knows(i) ? 0 : 1;
      linksOnly += itsImages == 0 && catalogue.isLinked(i) ? 1 : 0;
    }
    return new Coverage(
        withText, texts, withImage, images, unknown, catalogue.duplicates(), linksOnly);
  }
}
