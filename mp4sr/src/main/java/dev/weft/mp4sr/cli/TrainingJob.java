package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.cli.RunDescription.Family;
import dev.weft.mp4sr.eval.EvalOptions;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.report.TrainingCurves;
import dev.weft.mp4sr.train.RunFolder;
import dev.weft.mp4sr.train.TrainListener;
import dev.weft.mp4sr.train.TrainOptions;
import dev.weft.mp4sr.train.TrainResult;
import dev.weft.mp4sr.train.Trainer;
import dev.weft.mp4sr.train.Validator;
import dev.weft.mp4sr.train.WeightTransfer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * One training into a run folder.
 *
 * @param family which model
 * @param m2se its sizes and switches
 * @param train how to train
 * @param data the dataset folder
 * @param features the file of features; null where the model reads none
 * @param pretrained the run whose parameters it begins with; null for none
 * @param output the run folder
 * @param existing what to do with a run that is there already
 */
record TrainingJob(
    Family family,
    M2seConfig m2se,
    TrainOptions train,
    Path data,
    Path features,
    Path pretrained,
    Path output,
    RunFolder.Existing existing) {

  /** Trains; afterwards the folder holds the best epoch's model. */
  TrainResult run(Material material, ProgressListener progress) {
    RunDescription description =
        RunDescription.of(output, family, m2se, data, features, pretrained, train.seed());
    RunFolder folder = RunFolder.open(output, existing, description);
    Models.Built built = Models.create(family, m2se, material, train.seed());
    if (pretrained != null) {
      WeightTransfer.load(Models.trained(pretrained), built.task().parameters());
    }
    EvalOptions options = EvalOptions.DEFAULTS.withMaxLength(m2se.maxLength());
    Validator validator =
        Validator.ranking(built.recommender(), material.split().validation(), options);
    String name = output.toAbsolutePath().normalize().getFileName().toString();
    TrainListener listener = new TrainProgress(name, progress);
    try {
      TrainResult result =
          Trainer.train(built.task(), material.split(), train, validator, folder, listener);
      TrainingCurves.write(output, result.epochs());
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(output + ": the curves cannot be written: " + e, e);
    } finally {
      progress.end();
    }
  }
}
