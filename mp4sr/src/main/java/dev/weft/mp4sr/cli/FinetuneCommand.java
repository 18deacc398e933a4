package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.cli.RunDescription.Family;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.train.TrainOptions;
import dev.weft.mp4sr.train.TrainResult;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mp4sr finetune}: MP4SR's fine-tuning, or a baseline in the same harness. */
@Command(
    name = "finetune",
    description =
        "Fine-tune MP4SR for recommendation, pre-trained or not; or train a baseline: SASRec on"
            + " item numbers, the same with features, or a model like UniSRec.")
final class FinetuneCommand implements Runnable {
  @Mixin CommonOptions common;
  @Mixin JsonOption format;
  @Mixin DataOptions data;
  @Mixin TrainingFlags training;
  @Mixin ModelFlags model;
  @Spec CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "mp4sr|sasrec|sasrec-features|unisrec",
      defaultValue = "mp4sr",
      converter = TrainedModel.Converter.class,
      description = {
        "What to train (default: ${DEFAULT-VALUE}); each has the sizes, the dropouts and the way",
        "of training of its own publication where nothing else is said."
      })
  TrainedModel kind = TrainedModel.MP4SR;

  @Option(
      names = "--pretrained",
      paramLabel = "RUN",
      description = "Run of pretrain to begin with (default: none, first values at random).")
  Path pretrained;

  @Option(
      names = "--setting",
      paramLabel = "inductive|transductive",
      description = {
        "inductive: items by their features alone, so that new ones can be ranked;",
        "transductive (default): with an embedding of each item's number."
      })
  M2seConfig.Setting setting;

  @Override
  public void run() {
    CommandLine command = spec.commandLine();
    refuse(pretrained != null && kind != TrainedModel.MP4SR, "--pretrained", command);
    refuse(setting != null && !kind.hasSettings(), "--setting", command);
    M2seConfig config = config(command);
    TrainOptions options = training.over(kind.training(), config.maxLength(), common.seed);
    TrainingJob job =
        new TrainingJob(
            kind.family(),
            config,
            options,
            data.data,
            kind.family().readsFeatures() ? data.featuresFile() : null,
            pretrained,
            training.output,
            training.existing(command));
    Material material = Material.read(job.data(), job.features());
    TrainResult result = job.run(material, TerminalProgress.create());
    TrainingReport.print(
        command.getOut(), format.json, job.output(), result, options.validationMetric());
  }

  private void refuse(boolean given, String option, CommandLine command) {
    if (given) {
      throw new ParameterException(
          command, "--model %s: has no %s".formatted(kind.label(), option));
    }
  }

  /** The pre-trained model's sizes, where there is one. */
  private M2seConfig config(CommandLine command) {
    M2seConfig base = kind.config();
    if (pretrained != null) {
      RunDescription description = RunDescription.read(pretrained);
      if (description.family() != Family.PRETRAINING) {
        throw new CliException(
            "--pretrained %s: is a run of %s; a run of pretrain is needed"
                .formatted(pretrained, description.family().name().toLowerCase(Locale.ROOT)));
      }
      base = description.m2se();
    }
    if (setting != null) {
      base = base.with().setting(setting).build();
    }
    return model.over(base, command);
  }
}
