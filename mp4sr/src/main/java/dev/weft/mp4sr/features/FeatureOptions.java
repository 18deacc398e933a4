package dev.weft.mp4sr.features;

import dev.weft.nn.bert.BertPooling;
import dev.weft.tensor.DType;
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
 * @param textEncoder what reads the texts
 * @param bagWidth d of {@link TextEncoderKind#BAG}; BERT has its own
 * @param dtype F32, or F16 for a file of half the size
 */
public record FeatureOptions(
    int topWords,
    int maxTexts,
    int maxImages,
    BertPooling pooling,
    String template,
    int chunkItems,
    TextEncoderKind textEncoder,
    int bagWidth,
    DType dtype) {
  /** Where the word goes in a template. */
  public static final String WORD = "{w}";

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the field
   */
  public FeatureOptions {
    Objects.requireNonNull(pooling, "pooling");
    Objects.requireNonNull(textEncoder, "textEncoder");
    atLeastOne("topWords", topWords);
    atLeastOne("maxTexts", maxTexts);
    atLeastOne("maxImages", maxImages);
    atLeastOne("chunkItems", chunkItems);
    atLeastOne("bagWidth", bagWidth);
    if (!template.contains(WORD)) {
      throw new IllegalArgumentException(
          "template: `" + template + "` has no " + WORD + " where the word goes");
    }
    if (dtype != DType.F32 && dtype != DType.F16) {
      throw new IllegalArgumentException("dtype: " + dtype + " is neither F32 nor F16");
    }
  }

  private static void atLeastOne(String field, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(field + ": " + value + ", at least 1 is needed");
    }
  }

  /** 15 words, 10 texts, 10 images, BERT's [CLS] state, the bare word, chunks of 64 items, F32. */
  public static FeatureOptions defaults() {
    return new FeatureOptions(
        15, 10, 10, BertPooling.CLS, WORD, 64, TextEncoderKind.BERT, 256, DType.F32);
  }

  /** Another number of words. */
  public FeatureOptions withTopWords(int topWords) {
    return new FeatureOptions(
        topWords, maxTexts, maxImages, pooling, template, chunkItems, textEncoder, bagWidth, dtype);
  }

  /** Another pooling. */
  public FeatureOptions withPooling(BertPooling pooling) {
    return new FeatureOptions(
        topWords, maxTexts, maxImages, pooling, template, chunkItems, textEncoder, bagWidth, dtype);
  }

  /** Another template. */
  public FeatureOptions withTemplate(String template) {
    return new FeatureOptions(
        topWords, maxTexts, maxImages, pooling, template, chunkItems, textEncoder, bagWidth, dtype);
  }

  /** Other limits of texts and images. */
  public FeatureOptions withLimits(int maxTexts, int maxImages) {
    return new FeatureOptions(
        topWords, maxTexts, maxImages, pooling, template, chunkItems, textEncoder, bagWidth, dtype);
  }

  /** Another chunk size. */
  public FeatureOptions withChunkItems(int chunkItems) {
    return new FeatureOptions(
        topWords, maxTexts, maxImages, pooling, template, chunkItems, textEncoder, bagWidth, dtype);
  }

  /** Another reader of texts; {@code bagWidth} counts for {@link TextEncoderKind#BAG} only. */
  public FeatureOptions withTextEncoder(TextEncoderKind textEncoder, int bagWidth) {
    return new FeatureOptions(
        topWords, maxTexts, maxImages, pooling, template, chunkItems, textEncoder, bagWidth, dtype);
  }

  /** F32 or F16. */
  public FeatureOptions withDtype(DType dtype) {
    return new FeatureOptions(
        topWords, maxTexts, maxImages, pooling, template, chunkItems, textEncoder, bagWidth, dtype);
  }

  /** What CLIP reads for a word. */
  String prompt(String word) {
    return template.replace(WORD, word);
  }
}
