package dev.weft.mp4sr.features;

import dev.weft.nn.bert.BertPooling;
import java.util.Objects;

/**
 * How items become feature vectors.
 *
 * @param topWords N: words that describe a picture
 * @param maxTexts sentences of an item that count, the first ones
 * @param maxImages pictures of an item that count, the first readable ones
 * @param pooling how BERT's states become one vector
 * @param template what CLIP reads for a word; {@code {w}} stands for it
 * @param chunkItems items between two points from which a broken run can go on
 */
public record FeatureOptions(
    int topWords,
    int maxTexts,
    int maxImages,
    BertPooling pooling,
    String template,
    int chunkItems) {
  /** Where the word goes in a template. */
  public static final String WORD = "{w}";

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the field
   */
  public FeatureOptions {
    Objects.requireNonNull(pooling, "pooling");
    atLeastOne("topWords", topWords);
    atLeastOne("maxTexts", maxTexts);
    atLeastOne("maxImages", maxImages);
    atLeastOne("chunkItems", chunkItems);
    if (!template.contains(WORD)) {
      throw new IllegalArgumentException(
          "template: `" + template + "` has no " + WORD + " where the word goes");
    }
  }

  private static void atLeastOne(String field, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(field + ": " + value + ", at least 1 is needed");
    }
  }

  /** 15 words, 10 texts, 10 images, the [CLS] state, the bare word, chunks of 64 items. */
  public static FeatureOptions defaults() {
    return new FeatureOptions(15, 10, 10, BertPooling.CLS, WORD, 64);
  }

  /** Another number of words. */
  public FeatureOptions withTopWords(int topWords) {
    return new FeatureOptions(topWords, maxTexts, maxImages, pooling, template, chunkItems);
  }

  /** Another pooling. */
  public FeatureOptions withPooling(BertPooling pooling) {
    return new FeatureOptions(topWords, maxTexts, maxImages, pooling, template, chunkItems);
  }

  /** Another template. */
  public FeatureOptions withTemplate(String template) {
    return new FeatureOptions(topWords, maxTexts, maxImages, pooling, template, chunkItems);
  }

  /** Other limits of texts and images. */
  public FeatureOptions withLimits(int maxTexts, int maxImages) {
    return new FeatureOptions(topWords, maxTexts, maxImages, pooling, template, chunkItems);
  }

  /** Another chunk size. */
  public FeatureOptions withChunkItems(int chunkItems) {
    return new FeatureOptions(topWords, maxTexts, maxImages, pooling, template, chunkItems);
  }

  /** What CLIP reads for a word. */
  String prompt(String word) {
    return template.replace(WORD, word);
  }
}
