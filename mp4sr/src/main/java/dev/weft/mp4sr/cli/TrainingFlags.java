package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.train.RunFolder.Existing;
import dev.weft.mp4sr.train.TrainOptions;
import dev.weft.mp4sr.train.TrainOptions.Prefixes;
import dev.weft.mp4sr.train.TrainOptionsBuilder;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How to train; what is not given has the defaults of the kind of training. */
final class TrainingFlags {
  @Option(
      names = "--output",
      required = true,
      paramLabel = "RUN",
      description = "Run folder: configuration, metrics, checkpoints and, at the end, the model.")
  Path output;

  @Option(names = "--resume", description = "Go on where the run in the folder stopped.")
  boolean resume;

  @Option(names = "--overwrite", description = "Remove the run in the folder and start anew.")
  boolean overwrite;

  @Option(names = "--epochs", paramLabel = "N", description = "At most this many epochs.")
  Integer epochs;

  @Option(names = "--batch-size", paramLabel = "N", description = "Examples of a step.")
  Integer batchSize;

  @Option(names = "--learning-rate", paramLabel = "X", description = "Adam's learning rate.")
  Double learningRate;

  @Option(names = "--weight-decay", paramLabel = "X", description = "Weight decay.")
  Double weightDecay;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Stop after this many epochs without a better validation; 0: never.")
  Integer patience;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = "What validation decides by, for example Recall@20.")
  String metric;

  @Option(
      names = "--one-prefix",
      description = "One random prefix of each user an epoch, instead of all.")
  boolean onePrefix;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N",
      description = "Steps between checkpoints inside an epoch; one is written after each anyway.")
  Integer checkpointEvery;

  /** What to do with a run that is there. */
  Existing existing(CommandLine command) {
    if (resume && overwrite) {
      throw new ParameterException(command, "--resume and --overwrite exclude each other");
    }
    return resume ? Existing.RESUME : overwrite ? Existing.OVERWRITE : Existing.REFUSE;
  }

  /** These flags over some defaults. */
  TrainOptions over(TrainOptions defaults, int maxLength, long seed) {
    TrainOptionsBuilder builder = defaults.with().maxLength(maxLength).seed(seed);
    if (epochs != null) {
      builder.epochs(epochs);
    }
    if (batchSize != null) {
      builder.batchSize(batchSize);
    }
    if (learningRate != null) {
      builder.learningRate(learningRate);
    }
    if (weightDecay != null) {
      builder.weightDecay(weightDecay);
    }
    if (patience != null) {
      builder.patience(patience);
    }
    if (metric != null) {
      builder.validationMetric(metric);
    }
    if (onePrefix) {
      builder.prefixes(Prefixes.ONE_PER_USER);
    }
    if (checkpointEvery != null) {
      builder.checkpointEvery(checkpointEvery);
    }
    return builder.build();
  }
}
