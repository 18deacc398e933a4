package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.compare.Comparison;
import dev.weft.mp4sr.compare.ComparisonListener;
import dev.weft.mp4sr.compare.ComparisonOptions;
import dev.weft.mp4sr.compare.ComparisonResult;
import dev.weft.mp4sr.compare.Entrant;
import dev.weft.mp4sr.compare.Entrants;
import dev.weft.mp4sr.compare.Significance;
import dev.weft.mp4sr.compare.Significance.Finding;
import dev.weft.mp4sr.eval.EvalException;
import dev.weft.mp4sr.eval.EvalOptions;
import dev.weft.mp4sr.eval.MetricAtK;
import dev.weft.mp4sr.model.Catalogue;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.report.ComparisonFiles;
import dev.weft.mp4sr.report.TrainingCurves;
import dev.weft.mp4sr.train.RunFolder.Existing;
import dev.weft.mp4sr.train.TrainListener;
import dev.weft.mp4sr.train.TrainOptions;
import dev.weft.mp4sr.train.TrainResult;
import dev.weft.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mp4sr compare}: models side by side, with significance. */
@Command(
    name = "compare",
    description = {
      "Train and rank several models under several seeds on one dataset: mean and standard",
      "deviation, paired tests with Holm's correction, warm and cold items. What is done stays in",
      "the output folder; the same command again goes on there."
    })
final class CompareCommand implements Runnable {
  /** How large the models are and how they are trained. */
  enum Preset {
    /** Each model's as its authors published it. */
    AUTHORS,
    /** The demonstration's, for data of a few thousand users. */
    SMALL
  }

  @Mixin CommonOptions common;
  @Mixin JsonOption format;
  @Mixin DataOptions data;
  @Mixin ModelFlags model;
  @Spec CommandSpec spec;

  @Option(
      names = "--models",
      split = ",",
      paramLabel = "NAME",
      description = {
        "popularity, popularity-with-held-out, sasrec, sasrec-features, unisrec-SETTING,",
        "mp4sr-SETTING, mp4sr-SETTING:ABLATION, with SETTING inductive or transductive and"
            + " ABLATION",
        "no-pretraining, no-random-dropout, no-mixup, no-experts, no-nip-text, no-nip-image,",
        "no-cmcl, text-only or image-only; or a group: all, baselines, ablations",
        "(default: mp4sr-inductive,mp4sr-transductive,baselines)."
      })
  List<String> models = List.of("mp4sr-inductive", "mp4sr-transductive", "baselines");

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Trainings of each model, from --seed on (default: 5).")
  int seeds = 5;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where runs, tables and the chart go; a comparison in it goes on.")
  Path output;

  @Option(
      names = "--preset",
      paramLabel = "authors|small",
      description =
          "Sizes, dropouts and training: each model's as published (default), or the"
              + " demonstration's for all.")
  Preset preset = Preset.AUTHORS;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "At most this many epochs of every training (default: the preset's).")
  Integer epochs;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = "What is tested and shown (default: NDCG@10).")
  String metric = DemoTable.METRIC;

  @Option(
      names = "--reference",
      paramLabel = "NAME",
      description = "The model that the others are tested against (default: the first).")
  String reference;

  @Option(
      names = "--cold-threshold",
      paramLabel = "N",
      description = "An item that training saw fewer times is cold (default: 10).")
  int coldThreshold = EvalOptions.DEFAULTS.coldThreshold();

  @Override
  public void run() {
    CommandLine command = spec.commandLine();
    List<Entrant> entrants = entrants(command);
    String against = reference == null ? entrants.getFirst().name() : reference;
    ComparisonOptions options = options(command);
    boolean hasFeatures = data.features != null || Files.exists(data.featuresFile());
    Material material = Material.read(data.data, hasFeatures ? data.featuresFile() : null);
    Catalogue catalogue =
        material.features() == null ? null : Catalogue.of(material.features(), DType.F32);
    ComparisonResult result =
        Comparison.run(
            material.split(),
            catalogue,
            options,
            entrants,
            output,
            Existing.RESUME,
            new Progress(TerminalProgress.create()));
    List<Finding> findings =
        Significance.against(
            result,
            against,
            List.of(metric),
            material.split().trainingCounts(),
            options.evaluation());
    try {
      ComparisonFiles.write(output, result, against, findings, metric);
    } catch (IOException e) {
      throw new UncheckedIOException(output + ": cannot be written: " + e, e);
    }
    new ComparisonPrint(result, against, findings, metric, output)
        .print(command.getOut(), format.json);
  }

  private List<Entrant> entrants(CommandLine command) {
    try {
      metric = MetricAtK.parse(metric).toString();
      List<Entrant> entrants = Entrants.parse(models);
      if (reference != null && entrants.stream().noneMatch(e -> e.name().equals(reference))) {
        throw new EvalException(
            "--reference: "
                + reference
                + " is not compared; compared are "
                + entrants.stream().map(Entrant::name).toList());
      }
      return entrants;
    } catch (EvalException e) {
      throw new ParameterException(command, e.getMessage(), e);
    }
  }

  private ComparisonOptions options(CommandLine command) {
    if (seeds < 1) {
      throw new ParameterException(command, "--seeds: " + seeds + " is less than 1");
    }
    DemoSettings small = DemoSettings.full(common.seed, seeds, 1000, 1000);
    boolean authors = preset == Preset.AUTHORS;
    M2seConfig config = model.over(authors ? M2seConfig.defaults() : small.model(), command);
    EvalOptions evaluation =
        EvalOptions.DEFAULTS.withMaxLength(config.maxLength()).withColdThreshold(coldThreshold);
    return new ComparisonOptions(
        LongStream.range(common.seed, common.seed + seeds).boxed().toList(),
        config,
        model.over(authors ? M2seConfig.sasRec() : small.model(), command),
        model.over(authors ? M2seConfig.uniSRec() : small.model(), command),
        train(authors ? TrainOptions.pretraining() : small.pretraining(), config),
        train(authors ? TrainOptions.finetuning() : small.finetuning(), config),
        train(authors ? TrainOptions.baseline() : small.baseline(), config),
        evaluation);
  }

  private TrainOptions train(TrainOptions options, M2seConfig config) {
    return options
        .with()
        .epochs(epochs == null ? options.epochs() : epochs)
        .maxLength(config.maxLength())
        .build();
  }

  /** A bar for each training and evaluation; each training's curves beside its figures. */
  private record Progress(ProgressListener bars) implements ComparisonListener {
    @Override
    public TrainListener training(String entrant, long seed, String stage) {
      return new TrainProgress("seed %d %s %s".formatted(seed, entrant, stage), bars);
    }

    @Override
    public void trained(Path run, TrainResult result) {
      try {
        TrainingCurves.write(run, result.epochs());
      } catch (IOException e) {
        throw new UncheckedIOException(run + ": the curves cannot be written: " + e, e);
      }
    }

    @Override
    public ProgressListener evaluation(String entrant, long seed) {
      return bars;
    }
  }
}
