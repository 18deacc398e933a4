package dev.weft.mp4sr.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

/**
 * Sizes, rates and switches of MP4SR. The defaults are the authors', except where their code and
 * the paper differ: those switches say so, and {@code docs/mp4sr.md} lists them. Jackson writes and
 * reads it; a field that is missing has its default.
 *
 * @param hiddenSize width d_0 of every embedding after the encoders, and of the pooling's attention
 * @param feedForwardSize inner width of the Transformer's feed-forward layers
 * @param layers Transformer layers L
 * @param heads attention heads of a layer
 * @param experts experts O of each mixture
 * @param maxLength longest history, the number of position embeddings
 * @param layerNormEpsilon added to the variance in every layer norm
 * @param hiddenDropout dropout of embeddings and of what a sub-layer adds
 * @param attentionDropout dropout of the attention's probabilities
 * @param expertDropout dropout inside an expert, drawn once for each item of a batch
 * @param temperature τ
 * @param nipTextWeight weight w of next-item prediction in the text space; 0 leaves it out
 * @param nipImageWeight weight w of next-item prediction in the image space; 0 leaves it out
 * @param cmclWeight weight λ of cross-modality contrast; 0 leaves it out
 * @param modalities which of the two an item is seen by
 * @param pooling how an item's sentences become one vector
 * @param missing what stands for an item's vector in a modality it has nothing in
 * @param duplicates what a row with the same next item is in next-item prediction
 * @param cmclDuplicates what a row with the same next item is in cross-modality contrast
 * @param ownHistory what another position of the same history is in both losses, where a step
 *     learns from several
 * @param cmclForm which denominator the second half of the contrast has
 * @param projections whether the losses of pre-training compare in the spaces of W_t and W_v
 * @param mixup whether the two sequences are mixed in pre-training
 * @param maxMixupRatio the mixing ratio is drawn from U(0, this), for each batch
 * @param randomDropout whether items are dropped from the histories in pre-training
 * @param minDropRatio the ratio of dropped items is drawn from U(this, {@code maxDropRatio})
 * @param maxDropRatio see {@code minDropRatio}
 * @param setting whether fine-tuning learns an embedding of each item's number
 * @param paddingClass whether fine-tuning's cross-entropy counts the padding item as a class
 * @param classes which items fine-tuning's cross-entropy is taken over
 */
@JsonDeserialize(builder = M2seConfigBuilder.class)
public record M2seConfig(
    int hiddenSize,
    int feedForwardSize,
    int layers,
    int heads,
    int experts,
    int maxLength,
    double layerNormEpsilon,
    double hiddenDropout,
    double attentionDropout,
    double expertDropout,
    double temperature,
    double nipTextWeight,
    double nipImageWeight,
    double cmclWeight,
    Modalities modalities,
    Pooling pooling,
    Missing missing,
    Duplicates duplicates,
    Duplicates cmclDuplicates,
    OwnHistory ownHistory,
    CmclForm cmclForm,
    boolean projections,
    boolean mixup,
    double maxMixupRatio,
    boolean randomDropout,
    double minDropRatio,
    double maxDropRatio,
    Setting setting,
    PaddingClass paddingClass,
    Classes classes) {

  /** Which of the two modalities an item is seen by. */
  public enum Modalities {
    /** Texts and images. */
    @JsonProperty("both")
    BOTH,
    /** Texts only: one sequence, no mixup, no contrast. */
    @JsonProperty("text")
    TEXT,
    /** Images only: one sequence, no mixup, no contrast. */
    @JsonProperty("image")
    IMAGE
  }

  /** How an item's sentences become one vector. */
  public enum Pooling {
    /** Missing sentences are masked, and W_1, W_2 are trained. */
    @JsonProperty("trained")
    TRAINED,
    /** As the authors' code: missing sentences are zero rows that count; W_1, W_2 stay as drawn. */
    @JsonProperty("frozen-unmasked")
    FROZEN_UNMASKED
  }

  /** What stands for an item's vector in a modality it has nothing in. */
  public enum Missing {
    /** Its vector in the other modality; zeros where it has nothing at all. */
    @JsonProperty("other-modality")
    OTHER_MODALITY,
    /** As the authors' code: the encoder's answer to zero features, the same for all such items. */
    @JsonProperty("zero-features")
    ZERO_FEATURES
  }

  /** What a row with the same next item is among the negatives. */
  public enum Duplicates {
    /** It is left out of the sum. */
    @JsonProperty("left-out")
    LEFT_OUT,
    /** As the authors' code: its logit is 0, so that it adds 1. */
    @JsonProperty("zero-logit")
    ZERO_LOGIT,
    /** It is a negative like any other. */
    @JsonProperty("kept")
    KEPT
  }

  /** What another position of the same history is among the negatives. */
  public enum OwnHistory {
    /** It is left out of the sum: single prefixes hardly ever meet their own history in a batch. */
    @JsonProperty("left-out")
    LEFT_OUT,
    /** It is a negative like any other. */
    @JsonProperty("kept")
    KEPT
  }

  /** Which denominator the second half of the cross-modality contrast has. */
  public enum CmclForm {
    /** As the authors' code: Σ f(a_j, b_j') + Σ f(b_j, b_j'). */
    @JsonProperty("reference")
    REFERENCE,
    /** The mirror image of the first half: Σ f(b_j, a_j') + Σ f(b_j, b_j'). */
    @JsonProperty("mirror-symmetric")
    MIRROR_SYMMETRIC
  }

  /** Whether fine-tuning learns an embedding of each item's number. */
  public enum Setting {
    /** No: an item that was never seen in training can be ranked. */
    @JsonProperty("inductive")
    INDUCTIVE,
    /** Yes, added to inputs and targets. */
    @JsonProperty("transductive")
    TRANSDUCTIVE
  }

  /** Whether fine-tuning's cross-entropy counts the padding item as a class. */
  public enum PaddingClass {
    /** Only items can come next. */
    @JsonProperty("left-out")
    LEFT_OUT,
    /** As the authors' code: number 0, without features, is one class more. */
    @JsonProperty("counted")
    COUNTED
  }

  /** Which items fine-tuning's cross-entropy is taken over. */
  public enum Classes {
    /**
     * Those that occur in training. What is not there yet cannot be learned to be wrong, so that an
     * item never seen can be ranked.
     */
    @JsonProperty("seen")
    SEEN,
    /** As the authors' code: all items of the catalogue. */
    @JsonProperty("all")
    ALL
  }

  /** Checks the values. */
  public M2seConfig {
    atLeast("hiddenSize", hiddenSize, 1);
    atLeast("feedForwardSize", feedForwardSize, 1);
    atLeast("layers", layers, 1);
    atLeast("heads", heads, 1);
    atLeast("experts", experts, 1);
    atLeast("maxLength", maxLength, 1);
    if (hiddenSize % heads != 0) {
      throw new IllegalArgumentException(
          "hiddenSize " + hiddenSize + " is no multiple of heads " + heads);
    }
    rate("hiddenDropout", hiddenDropout);
    rate("attentionDropout", attentionDropout);
    rate("expertDropout", expertDropout);
    rate("maxMixupRatio", maxMixupRatio);
    rate("minDropRatio", minDropRatio);
    rate("maxDropRatio", maxDropRatio);
    if (minDropRatio > maxDropRatio) {
      throw new IllegalArgumentException(
          "minDropRatio " + minDropRatio + " exceeds maxDropRatio " + maxDropRatio);
    }
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("temperature must be above 0 but is " + temperature);
    }
    weight("layerNormEpsilon", layerNormEpsilon);
    weight("nipTextWeight", nipTextWeight);
    weight("nipImageWeight", nipImageWeight);
    weight("cmclWeight", cmclWeight);
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + " but is " + value);
    }
  }

  private static void rate(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1) but is " + value);
    }
  }

  private static void weight(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must not be negative but is " + value);
    }
  }

  /** The defaults. */
  public static M2seConfig defaults() {
    return builder().build();
  }

  /** The defaults with the dropout that SASRec needs on sparse data: 0.5 (arXiv 1808.09781). */
  public static M2seConfig sasRec() {
    return builder().hiddenDropout(0.5).attentionDropout(0.5).build();
  }

  /**
   * The defaults with the sizes and dropouts of UniSRec's published configuration (arXiv
   * 2206.05941).
   */
  public static M2seConfig uniSRec() {
    return builder()
        .hiddenSize(300)
        .hiddenDropout(0.5)
        .attentionDropout(0.5)
        .expertDropout(0.2)
        .build();
  }

  /** A builder that starts at the defaults. */
  public static M2seConfigBuilder builder() {
    return new M2seConfigBuilder();
  }

  /** A builder that starts here. */
  public M2seConfigBuilder with() {
    return new M2seConfigBuilder(this);
  }

  /** Whether texts are seen. */
  public boolean hasText() {
    return modalities != Modalities.IMAGE;
  }

  /** Whether images are seen. */
  public boolean hasImage() {
    return modalities != Modalities.TEXT;
  }
}
