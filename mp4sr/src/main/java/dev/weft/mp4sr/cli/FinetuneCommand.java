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
    description = "Fine-tune MP4SR for recommendation, pre-trained or not; or train SASRec.")
final class FinetuneCommand implements Runnable {
  /** What is trained. */
  enum Kind {
    /** MP4SR. */
    MP4SR,
    /** SASRec, on item numbers alone. */
    SASREC
  }

  @Mixin CommonOptions common;
  @Mixin JsonOption format;
  @Mixin DataOptions data;
  @Mixin TrainingFlags training;
  @Mixin ModelFlags model;
  @Spec CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "mp4sr|sasrec",
      defaultValue = "mp4sr",
      description = "What to train (default: ${DEFAULT-VALUE}).")
  Kind kind = Kind.MP4SR;

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
    if (kind == Kind.SASREC && (pretrained != null || setting != null)) {
      throw new ParameterException(
          command, "--model sasrec: has neither --pretrained nor --setting; both are MP4SR's");
    }
    M2seConfig config = config(command);
    TrainOptions defaults =
        kind == Kind.SASREC ? TrainOptions.baseline() : TrainOptions.finetuning();
    TrainOptions options = training.over(defaults, config.maxLength(), common.seed);
    TrainingJob job =
        new TrainingJob(
            kind == Kind.SASREC ? Family.SASREC : Family.FINETUNING,
            config,
            options,
            data.data,
            kind == Kind.SASREC ? null : data.featuresFile(),
            pretrained,
            training.output,
            training.existing(command));
    Material material = Material.read(job.data(), job.features());
    TrainResult result = job.run(material, TerminalProgress.create());
    TrainingReport.print(
        command.getOut(), format.json, job.output(), result, options.validationMetric());
  }

  /** The pre-trained model's sizes, where there is one. */
  private M2seConfig config(CommandLine command) {
    M2seConfig base = kind == Kind.SASREC ? M2seConfig.sasRec() : M2seConfig.defaults();
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
