package dev.weft.mp4sr.train;

import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import dev.weft.mp4sr.train.TrainOptions.Algorithm;
import dev.weft.mp4sr.train.TrainOptions.Batching;
import dev.weft.mp4sr.train.TrainOptions.Decay;
import dev.weft.mp4sr.train.TrainOptions.Prefixes;

/** Builds {@link TrainOptions}, whose documentation says what each value is. */
@JsonPOJOBuilder(withPrefix = "")
public final class TrainOptionsBuilder {
  private int epochs = 300;
  private int batchSize = 1024;
  private double learningRate = 1e-3;
  private int warmUpSteps = 0;
  private Decay decay = Decay.CONSTANT;
  private Algorithm optimizer = Algorithm.ADAM;
  private double weightDecay = 0;
  private double clipNorm = 5;
  private String validationMetric = "Recall@20";
  private int validateEvery = 1;
  private int patience = 20;
  private Prefixes prefixes = Prefixes.ALL;
  private Batching batching = Batching.SHUFFLED;
  private int maxLength = 50;
  private long seed = 42;
  private int checkpointEvery = 0;

  TrainOptionsBuilder() {}

  TrainOptionsBuilder(TrainOptions options) {
    epochs = options.epochs();
    batchSize = options.batchSize();
    learningRate = options.learningRate();
    warmUpSteps = options.warmUpSteps();
    decay = options.decay();
    optimizer = options.optimizer();
    weightDecay = options.weightDecay();
    clipNorm = options.clipNorm();
    validationMetric = options.validationMetric();
    validateEvery = options.validateEvery();
    patience = options.patience();
    prefixes = options.prefixes();
    batching = options.batching();
    maxLength = options.maxLength();
    seed = options.seed();
    checkpointEvery = options.checkpointEvery();
  }

  /** Default: 300. */
  public TrainOptionsBuilder epochs(int value) {
    epochs = value;
    return this;
  }

  /** Default: 1024. */
  public TrainOptionsBuilder batchSize(int value) {
    batchSize = value;
    return this;
  }

  /** Default: 1e-3. */
  public TrainOptionsBuilder learningRate(double value) {
    learningRate = value;
    return this;
  }

  /** Default: 0. */
  public TrainOptionsBuilder warmUpSteps(int value) {
    warmUpSteps = value;
    return this;
  }

  /** Default: CONSTANT. */
  public TrainOptionsBuilder decay(Decay value) {
    decay = value;
    return this;
  }

  /** Default: ADAM. */
  public TrainOptionsBuilder optimizer(Algorithm value) {
    optimizer = value;
    return this;
  }

  /** Default: 0. */
  public TrainOptionsBuilder weightDecay(double value) {
    weightDecay = value;
    return this;
  }

  /** Default: 5. */
  public TrainOptionsBuilder clipNorm(double value) {
    clipNorm = value;
    return this;
  }

  /** Default: Recall@20. */
  public TrainOptionsBuilder validationMetric(String value) {
    validationMetric = value;
    return this;
  }

  /** Default: 1. */
  public TrainOptionsBuilder validateEvery(int value) {
    validateEvery = value;
    return this;
  }

  /** Default: 20. */
  public TrainOptionsBuilder patience(int value) {
    patience = value;
    return this;
  }

  /** Default: ALL. */
  public TrainOptionsBuilder prefixes(Prefixes value) {
    prefixes = value;
    return this;
  }

  /** Default: SHUFFLED. */
  public TrainOptionsBuilder batching(Batching value) {
    batching = value;
    return this;
  }

  /** Default: 50. */
  public TrainOptionsBuilder maxLength(int value) {
    maxLength = value;
    return this;
  }

  /** Default: 42. */
  public TrainOptionsBuilder seed(long value) {
    seed = value;
    return this;
  }

  /** Default: 0. */
  public TrainOptionsBuilder checkpointEvery(int value) {
    checkpointEvery = value;
    return this;
  }

  /**
   * The options.
   *
   * @throws TrainException naming the value that is out of range
   */
  public TrainOptions build() {
    return new TrainOptions(
        epochs,
        batchSize,
        learningRate,
        warmUpSteps,
        decay,
        optimizer,
        weightDecay,
        clipNorm,
        validationMetric,
        validateEvery,
        patience,
        prefixes,
        batching,
        maxLength,
        seed,
        checkpointEvery);
  }
}
