package dev.weft.mp4sr.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

/**
 * How to train. Jackson writes and reads it; a field that is missing has its default.
 *
 * @param epochs at most this many passes over the data
 * @param batchSize examples of a step
 * @param learningRate the highest rate α
 * @param warmUpSteps steps in which the rate rises to {@code learningRate}
 * @param decay how the rate falls after that, to reach 0 at the end of the last epoch
 * @param optimizer what moves the parameters
 * @param weightDecay λ; how it acts is the optimizer's
 * @param clipNorm gradients are scaled down to this common norm; 0 leaves them
 * @param validationMetric what decides which epoch was the best, such as {@code Recall@20}; higher
 *     is better
 * @param validateEvery epochs from one validation to the next
 * @param patience training ends after this many validations without a new best; 0 never
 * @param prefixes which parts of a sequence are examples
 * @param batching which examples share a batch
 * @param maxLength last items of a history that the model is shown
 * @param seed of the order of examples and of dropout; the parameters' first values have their own
 * @param checkpointEvery steps from one checkpoint to the next inside an epoch; 0 for none. One is
 *     always written after an epoch
 */
@JsonDeserialize(builder = TrainOptionsBuilder.class)
public record TrainOptions(
    int epochs,
    int batchSize,
    double learningRate,
    int warmUpSteps,
    Decay decay,
    Algorithm optimizer,
    double weightDecay,
    double clipNorm,
    String validationMetric,
    int validateEvery,
    int patience,
    Prefixes prefixes,
    Batching batching,
    int maxLength,
    long seed,
    int checkpointEvery) {

  /** How the learning rate falls. */
  public enum Decay {
    /** Not at all. */
    @JsonProperty("constant")
    CONSTANT,
    /** Evenly. */
    @JsonProperty("linear")
    LINEAR,
    /** Along half a cosine. */
    @JsonProperty("cosine")
    COSINE
  }

  /** What moves the parameters. */
  public enum Algorithm {
    /** Adam; the decay is added to the gradient. */
    @JsonProperty("adam")
    ADAM,
    /** AdamW; the decay is taken off the weight. */
    @JsonProperty("adamw")
    ADAMW
  }

  /** Which parts of a training sequence are examples. */
  public enum Prefixes {
    /** Every prefix predicts the item after it. */
    @JsonProperty("all")
    ALL,
    /** One prefix of each user, drawn anew for each epoch. */
    @JsonProperty("one-per-user")
    ONE_PER_USER,
    /**
     * Every prefix that ends within the last {@code maxLength} items, all of a user's in one pass
     * of the causal encoder. A batch is as many users.
     */
    @JsonProperty("every-position")
    EVERY_POSITION
  }

  /** Which examples share a batch. */
  public enum Batching {
    /** Any: the order is a shuffle. */
    @JsonProperty("shuffled")
    SHUFFLED,
    /** Examples of like length, so that less is padding; the order of the batches is a shuffle. */
    @JsonProperty("by-length")
    BY_LENGTH
  }

  /**
   * Checks the values.
   *
   * @throws TrainException naming the value that is out of range
   */
  public TrainOptions {
    require(epochs > 0, "epochs", epochs, "1 or more");
    require(batchSize > 0, "batchSize", batchSize, "1 or more");
    require(isFinite(learningRate) && learningRate > 0, "learningRate", learningRate, "above 0");
    require(warmUpSteps >= 0, "warmUpSteps", warmUpSteps, "0 or more");
    require(isFinite(weightDecay) && weightDecay >= 0, "weightDecay", weightDecay, "0 or more");
    require(isFinite(clipNorm) && clipNorm >= 0, "clipNorm", clipNorm, "0 or more");
    require(validateEvery > 0, "validateEvery", validateEvery, "1 or more");
    require(patience >= 0, "patience", patience, "0 or more");
    require(maxLength > 0, "maxLength", maxLength, "1 or more");
    require(checkpointEvery >= 0, "checkpointEvery", checkpointEvery, "0 or more");
  }

  private static boolean isFinite(double value) {
    return Double.isFinite(value);
  }

  private static void require(boolean holds, String name, Object value, String range) {
    if (!holds) {
      throw new TrainException("training: " + name + " is " + value + "; it must be " + range);
    }
  }

  /** The authors' for pre-training: Adam, rate 1e-3, batches of 1024, up to 300 epochs. */
  public static TrainOptions pretraining() {
    return new TrainOptionsBuilder().build();
  }

  /** The authors' for fine-tuning: as pre-training, but rate 1e-4 and weight decay 1e-3. */
  public static TrainOptions finetuning() {
    return new TrainOptionsBuilder().learningRate(1e-4).weightDecay(1e-3).build();
  }

  /**
   * For SASRec and its like: every position of a user's sequence, batches of 128 users, Adam with
   * rate 1e-3, up to 200 epochs, early stopping after 10 on NDCG@10.
   */
  public static TrainOptions baseline() {
    return new TrainOptionsBuilder()
        .epochs(200)
        .batchSize(128)
        .patience(10)
        .validationMetric("NDCG@10")
        .prefixes(Prefixes.EVERY_POSITION)
        .build();
  }

  /** A builder that starts here. */
  public TrainOptionsBuilder with() {
    return new TrainOptionsBuilder(this);
  }
}
