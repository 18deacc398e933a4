package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.ingest.AmazonReviews;
import dev.weft.mp4sr.data.ingest.CsvInteractions;
import dev.weft.mp4sr.data.ingest.HeldOut;
import dev.weft.mp4sr.data.ingest.IngestOptions;
import dev.weft.mp4sr.data.ingest.IngestResult;
import dev.weft.mp4sr.data.ingest.RecBoleAtomic;
import dev.weft.mp4sr.data.ingest.Repeats;
import dev.weft.mp4sr.data.ingest.SequenceText;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mp4sr ingest}: other people's files to a dataset folder. */
@Command(
    name = "ingest",
    description = "Turn interactions and items into a dataset folder; .gz is read as it is.")
final class IngestCommand implements Runnable {
  /** Where the data come from. */
  enum Format {
    /** Amazon reviews of 2014, 2018 or 2023. */
    AMAZON,
    /** RecBole's .inter and .item. */
    RECBOLE,
    /** A line {@code user item item …} for each user. */
    SEQUENCES,
    /** CSV with a header. */
    CSV
  }

  @Mixin CommonOptions common;
  @Mixin JsonOption format;
  @Mixin CsvFlags csv;
  @Spec CommandSpec spec;

  @Option(
      names = "--format",
      paramLabel = "amazon|recbole|sequences|csv",
      description = {
        "amazon: reviews of 2014, 2018 or 2023, JSON lines; recbole: .inter and .item;",
        "sequences: a line `user item item ...` for each user; csv: with a header."
      })
  Format from;

  @Option(names = "--input", paramLabel = "FILE", description = "The interactions.")
  Path input;

  @Option(
      names = "--items",
      paramLabel = "FILE",
      description = {
        "What is known of the items; for sequences a JSON object from item ids to lists of",
        "attributes."
      })
  Path items;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "Pictures: DIR/ITEM/*.jpg or DIR/ITEM.jpg, also .png, .gif, .bmp.")
  Path images;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "The dataset folder; an older dataset in it is replaced.")
  Path output;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the dataset is called (default: the output folder's name).")
  String name;

  @Option(
      names = "--min-user",
      paramLabel = "N",
      description = "Leave out users with fewer interactions (default: 5).")
  int minUser = 5;

  @Option(
      names = "--min-item",
      paramLabel = "N",
      description = "Leave out items with fewer interactions (default: 0).")
  int minItem;

  @Option(
      names = "--k-core",
      description = "Apply both limits again and again until nothing changes.")
  boolean untilStable;

  @Option(
      names = "--drop-repeats",
      description = "Keep only the first of a user's interactions with an item.")
  boolean dropRepeats;

  @Option(
      names = "--max-bad-lines",
      paramLabel = "N",
      description = "Pass over so many malformed lines; one more is an error (default: 0).")
  long maxBadLines;

  @Option(
      names = "--hold-out-items",
      paramLabel = "SHARE",
      description = {
        "Keep a share of the items, drawn with --seed, out of training and of all histories:",
        "they are asked for and never seen (default: 0)."
      })
  double heldOut;

  @Option(
      names = "--describe",
      paramLabel = "DIR",
      description = "Read a dataset folder, check all of it, and say what it holds.")
  Path describe;

  @Override
  public void run() {
    if (describe != null) {
      describe();
      return;
    }
    check();
    IngestResult result = read(options(), TerminalProgress.create());
    result.write(output);
    IngestReport.print(spec.commandLine().getOut(), format.json, output, result.summary());
  }

  private void describe() {
    if (from != null || input != null || output != null) {
      throw new ParameterException(
          spec.commandLine(), "--describe: goes without --format, --input and --output");
    }
    DatasetReport.print(
        spec.commandLine().getOut(),
        format.json,
        describe,
        Dataset.read(describe),
        Dataset.describe(describe));
  }

  private void check() {
    if (from == null || input == null || output == null) {
      String missing = from == null ? "--format" : input == null ? "--input" : "--output";
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '" + missing + "'");
    }
    if (!(heldOut >= 0 && heldOut < 1)) {
      throw new ParameterException(
          spec.commandLine(), "--hold-out-items: " + heldOut + " is not from 0 to below 1");
    }
    if (minUser < 0 || minItem < 0 || maxBadLines < 0) {
      throw new ParameterException(
          spec.commandLine(), "--min-user, --min-item and --max-bad-lines are 0 or more");
    }
    if (images != null && !Files.isDirectory(images)) {
      throw new CliException("--images " + images + ": no such folder");
    }
  }

  private IngestOptions options() {
    Path folder = output.toAbsolutePath().normalize().getFileName();
    String called = name != null ? name : folder == null ? "dataset" : folder.toString();
    return IngestOptions.defaults(called)
        .withCore(minUser, minItem, untilStable)
        .withRepeats(dropRepeats ? Repeats.FIRST_ONLY : Repeats.KEEP)
        .withMaxBadLines(maxBadLines)
        .withImages(images)
        .withHeldOut(new HeldOut(heldOut, common.seed));
  }

  private IngestResult read(IngestOptions options, ProgressListener progress) {
    return switch (from) {
      case AMAZON -> AmazonReviews.read(input, items, options, progress);
      case RECBOLE -> RecBoleAtomic.read(input, items, options, progress);
      case SEQUENCES -> SequenceText.read(input, items, options, progress);
      case CSV ->
          items == null
              ? CsvInteractions.read(input, csv.columns(spec.commandLine()), options, progress)
              : CsvInteractions.read(
                  input,
                  csv.columns(spec.commandLine()),
                  items,
                  csv.itemColumns(),
                  options,
                  progress);
    };
  }
}
