package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.cli.RunDescription.Family;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.train.TrainOptions;
import dev.weft.mp4sr.train.TrainResult;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mp4sr pretrain}: MP4SR's pre-training. */
@Command(
    name = "pretrain",
    description = "Pre-train MP4SR: next-item prediction in both modalities and their contrast.")
final class PretrainCommand implements Runnable {
  @Mixin CommonOptions common;
  @Mixin JsonOption format;
  @Mixin DataOptions data;
  @Mixin TrainingFlags training;
  @Mixin ModelFlags model;
  @Spec CommandSpec spec;

  @Override
  public void run() {
    CommandLine command = spec.commandLine();
    M2seConfig config = model.over(M2seConfig.defaults(), command);
    TrainOptions options =
        training.over(TrainOptions.pretraining(), config.maxLength(), common.seed);
    TrainingJob job =
        new TrainingJob(
            Family.PRETRAINING,
            config,
            options,
            data.data,
            data.featuresFile(),
            null,
            training.output,
            training.existing(command));
    Material material = Material.read(job.data(), job.features());
    TrainResult result = job.run(material, TerminalProgress.create());
    TrainingReport.print(
        command.getOut(), format.json, job.output(), result, options.validationMetric());
  }
}
