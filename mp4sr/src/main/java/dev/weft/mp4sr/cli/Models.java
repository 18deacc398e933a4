package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.cli.RunDescription.Family;
import dev.weft.mp4sr.model.Catalogue;
import dev.weft.mp4sr.model.FeatureSasRec;
import dev.weft.mp4sr.model.FinetuningTask;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.model.PretrainingTask;
import dev.weft.mp4sr.model.Recommender;
import dev.weft.mp4sr.model.SasRec;
import dev.weft.mp4sr.model.TrainingTask;
import dev.weft.mp4sr.model.UniSRec;
import dev.weft.mp4sr.train.WeightTransfer;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomSource;
import java.nio.file.Files;
import java.nio.file.Path;

/** Builds models from what run folders say of them. */
final class Models {
  private static final String MODEL = "model.safetensors";

  private Models() {}

  /** Something that is trained and ranks: the same parameters under both roles. */
  record Built(TrainingTask task, Recommender recommender) {}

  /** A model with the first values that a seed gives it. */
  static Built create(Family family, M2seConfig config, Material material, long seed) {
    Weights weights = Weights.random(DType.F32, new RandomSource(seed));
    return switch (family) {
      case PRETRAINING -> {
        var task = PretrainingTask.create(weights, config, material.features());
        yield new Built(task, task);
      }
      case FINETUNING -> {
        var task =
            FinetuningTask.create(weights, config, material.features())
                .knowing(material.split().trainingCounts());
        yield new Built(task, task);
      }
      case SASREC -> {
        var task = SasRec.create(weights, config, material.dataset().items().size());
        yield new Built(task, task);
      }
      case SASREC_FEATURES -> {
        var task = FeatureSasRec.create(weights, config, catalogue(material));
        yield new Built(task, task);
      }
      case UNISREC -> {
        int[] counts = material.split().trainingCounts();
        var task = UniSRec.create(weights, config, catalogue(material), counts);
        yield new Built(task, task);
      }
    };
  }

  private static Catalogue catalogue(Material material) {
    return Catalogue.of(material.features(), DType.F32);
  }

  /**
   * The trained model of a run.
   *
   * @param added how many items at the end of the material's catalogue the training did not know
   */
  static Built load(Path run, RunDescription description, Material material, int added) {
    Path file = trained(run);
    Built built = create(description.family(), description.m2se(), material, description.seed());
    WeightTransfer transfer = WeightTransfer.load(file, built.task().parameters(), added);
    if (!transfer.kept().isEmpty()) {
      throw new CliException(file + ": lacks the model's parameter " + transfer.kept().getFirst());
    }
    return built;
  }

  /** The file with a finished run's parameters. */
  static Path trained(Path run) {
    Path file = run.resolve(MODEL);
    if (!Files.exists(file)) {
      throw new CliException(
          run + ": has no " + MODEL + ": its training is not finished; go on with --resume");
    }
    return file;
  }
}
