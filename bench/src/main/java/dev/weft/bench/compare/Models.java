package dev.weft.bench.compare;

import dev.weft.mp4sr.features.Features;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.model.PretrainingTask;
import dev.weft.mp4sr.model.SasRec;
import dev.weft.nn.NormPlacement;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.Weights;
import dev.weft.nn.bert.BertConfig;
import dev.weft.nn.bert.BertNetwork;
import dev.weft.nn.clip.ClipConfig;
import dev.weft.nn.clip.ClipVisionNetwork;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;

/** The models of the comparison: real shapes, weights drawn from one seed. */
public final class Models {
  /** Items in the catalogue of M²SE. */
  public static final int ITEMS = 5000;

  /** Sentences of an item's text. */
  public static final int TEXTS = 4;

  /** Pictures of an item. */
  public static final int IMAGES = 1;

  /** Width of a feature. */
  public static final int WIDTH = 768;

  /** Histories in a batch of M²SE. */
  public static final int BATCH = 256;

  /** Items in a history. */
  public static final int LENGTH = 50;

  /** Items in SASRec's catalogue: as many as Amazon Beauty's. */
  public static final int SASREC_ITEMS = 12_101;

  /** Histories in a batch of SASRec. */
  public static final int SASREC_BATCH = 128;

  private static final int VOCABULARY = 30522;
  private static final int SEED = 1;

  private Models() {}

  /** BERT-base, uncased. */
  public static BertNetwork bert() {
    return BertNetwork.create(weights().constant(), bertConfig());
  }

  static BertConfig bertConfig() {
    return BertConfig.of(VOCABULARY, TransformerConfig.builder(12, 768).build());
  }

  /** The image encoder of CLIP ViT-B/32. */
  public static ClipVisionNetwork clip() {
    return ClipVisionNetwork.create(weights().constant(), clipConfig());
  }

  static ClipConfig clipConfig() {
    TransformerConfig encoder =
        TransformerConfig.builder(12, 768)
            .activation(UnaryOp.QUICK_GELU)
            .norm(NormPlacement.PRE)
            .epsilon(1e-5)
            .build();
    return new ClipConfig(null, new ClipConfig.Vision(224, 32, 3, encoder), 512);
  }

  /**
   * M²SE and the losses of its pre-training. Histories keep all their items, since a random length
   * would make steps of different cost.
   *
   * @param dropout of embeddings, attention and experts; 0 switches mixup off too, so that a step
   *     has nothing random
   */
  public static PretrainingTask m2se(double dropout) {
    M2seConfig config =
        M2seConfig.builder()
            .hiddenSize(256)
            .feedForwardSize(1024)
            .layers(2)
            .experts(8)
            .maxLength(LENGTH)
            .hiddenDropout(dropout)
            .attentionDropout(dropout)
            .expertDropout(dropout)
            .randomDropout(false)
            .mixup(dropout > 0)
            .build();
    Features features =
        new Features(tensor(1, TEXTS), present(TEXTS), tensor(2, IMAGES), present(IMAGES));
    return PretrainingTask.create(weights(), config, features);
  }

  /** SASRec with the sizes that it has on Amazon Beauty. */
  public static SasRec sasRec(double dropout) {
    M2seConfig config =
        M2seConfig.sasRec().with().hiddenDropout(dropout).attentionDropout(dropout).build();
    return SasRec.create(weights(), config, SASREC_ITEMS);
  }

  /** The items of all histories of SASRec's batch. */
  public static int[] sasRecHistories() {
    return Inputs.integers(5, SASREC_BATCH * LENGTH, 1, SASREC_ITEMS + 1);
  }

  /** The item after each position of them. */
  public static int[] sasRecNext() {
    return Inputs.integers(6, SASREC_BATCH * LENGTH, 1, SASREC_ITEMS + 1);
  }

  /** The token ids of BERT's texts. */
  public static int[] tokens(Kind.Bert kind) {
    return Inputs.integers(1, kind.batch() * kind.length(), 0, VOCABULARY);
  }

  /** The pixels of CLIP's images, channel by channel. */
  public static float[] pixels(Kind.ClipImage kind) {
    return Inputs.normal(1, kind.batch() * 3 * 224 * 224);
  }

  /** The features of all sentences, or pictures, of all items. */
  public static float[] features(int index, int sentences) {
    return Inputs.normal(index, ITEMS * sentences * WIDTH);
  }

  /** The items of all histories of the batch. */
  public static int[] histories() {
    return Inputs.integers(3, BATCH * LENGTH, 1, ITEMS + 1);
  }

  /** The item after each history. */
  public static int[] next() {
    return Inputs.integers(4, BATCH, 1, ITEMS + 1);
  }

  private static Tensor tensor(int index, int sentences) {
    return Tensor.of(features(index, sentences), ITEMS, sentences, WIDTH);
  }

  private static Tensor present(int sentences) {
    return Tensor.full(DType.BOOL, Shape.of(ITEMS, sentences), Device.CPU, 1);
  }

  static Weights weights() {
    return Weights.random(DType.F32, new RandomSource(SEED));
  }
}
