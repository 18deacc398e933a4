package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.train.RunFolder.Existing;
import dev.weft.mp4sr.train.TrainOptions;
import dev.weft.mp4sr.train.TrainOptions.Prefixes;
import dev.weft.mp4sr.train.TrainOptionsBuilder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

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
      names = "--prefixes",
      paramLabel = "NAME",
      converter = HyphenatedPrefixes.class,
      description =
          "Which parts of a user's sequence are examples: all, one-per-user, every-position.")
  Prefixes prefixes;

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
    if (prefixes != null) {
      builder.prefixes(prefixes);
    }
    if (checkpointEvery != null) {
      builder.checkpointEvery(checkpointEvery);
    }
    return builder.build();
  }

  /** Reads {@code one-per-user} as ONE_PER_USER. */
  static final class HyphenatedPrefixes implements ITypeConverter<Prefixes> {
    @Override
    public Prefixes convert(String value) {
      try {
        return Prefixes.valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "'" + value + "' is none of " + Arrays.toString(Prefixes.values()));
      }
    }
  }
}
