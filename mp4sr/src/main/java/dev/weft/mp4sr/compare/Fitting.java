package dev.weft.mp4sr.compare;

import dev.weft.mp4sr.data.Split;
import dev.weft.mp4sr.eval.EvalException;
import dev.weft.mp4sr.model.Catalogue;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.model.M2seConfig.Setting;
import dev.weft.mp4sr.model.PretrainingTask;
import dev.weft.mp4sr.model.Recommender;
import dev.weft.mp4sr.model.TrainingTask;
import dev.weft.mp4sr.train.RunFolder;
import dev.weft.mp4sr.train.TrainListener;
import dev.weft.mp4sr.train.TrainOptions;
import dev.weft.mp4sr.train.TrainResult;
import dev.weft.mp4sr.train.Trainer;
import dev.weft.mp4sr.train.Validator;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What an entrant is fitted with: the data, one seed, and a trainer that knows folder and listener.
 * A pre-trained encoder is made once for each seed and configuration, however many entrants start
 * from it.
 */
public final class Fitting {
  /** What the entrants of one seed share. */
  record Shared(
      Split split,
      Catalogue catalogue,
      ComparisonOptions options,
      long seed,
      Path folder,
      RunFolder.Existing existing,
      ComparisonListener listener,
      Map<M2seConfig, Pretrained> pretrained) {
    static Shared of(
        Split split,
        Catalogue catalogue,
        ComparisonOptions options,
        long seed,
        Path folder,
        RunFolder.Existing existing,
        ComparisonListener listener) {
      return new Shared(
          split, catalogue, options, seed, folder, existing, listener, new HashMap<>());
    }
  }

  /** A pre-trained task and how it went. */
  record Pretrained(PretrainingTask task, TrainResult result) {}

  private final Shared shared;
  private final String entrant;
  private final List<TrainResult> trainings = new ArrayList<>();

  Fitting(Shared shared, String entrant) {
    this.shared = shared;
    this.entrant = entrant;
  }

  /** The data. */
  public Split split() {
    return shared.split();
  }

  /**
   * The items' features.
   *
   * @throws EvalException when the comparison has none
   */
  public Catalogue features() {
    if (shared.catalogue() == null) {
      throw new EvalException(
          entrant + ": reads features of the items, and none are given; make them with features");
    }
    return shared.catalogue();
  }

  /** Number of items. */
  public int items() {
    return split().trainingCounts().length - 1;
  }

  /** What all entrants share. */
  public ComparisonOptions options() {
    return shared.options();
  }

  /** First values of parameters, always the same for a seed. */
  public Weights weights() {
    return Weights.random(DType.F32, new RandomSource(shared.seed()));
  }

  /** Training options with the seed of this fitting. */
  public TrainOptions seeded(TrainOptions options) {
    return options.with().seed(shared.seed()).build();
  }

  /** A pre-trained model; the setting of fine-tuning makes no difference to it. */
  public PretrainingTask pretrained(M2seConfig config) {
    M2seConfig key = config.with().setting(Setting.INDUCTIVE).build();
    Pretrained pretrained = shared.pretrained().get(key);
    if (pretrained == null) {
      PretrainingTask task = PretrainingTask.create(weights(), key, features());
      // Named by what it is, so that a comparison of more models finds it again.
      String name = "pretraining-%08x".formatted(key.toString().hashCode());
      TrainResult result =
          run(name, "pretraining", task, task, options().pretraining(), Map.of("config", key));
      pretrained = new Pretrained(task, result);
      shared.pretrained().put(key, pretrained);
    }
    trainings.add(pretrained.result());
    return pretrained.task();
  }

  /**
   * Trains a task, validating it on the validation cases after each epoch.
   *
   * @param stage which training of this entrant
   * @param recommender the task, as what ranks items
   * @param model what to write of it into the run's {@code config.json}
   */
  public void train(
      String stage,
      TrainingTask task,
      Recommender recommender,
      TrainOptions options,
      Map<String, ?> model) {
    trainings.add(run(slug(entrant), stage, task, recommender, options, model));
  }

  private TrainResult run(
      String folder,
      String stage,
      TrainingTask task,
      Recommender recommender,
      TrainOptions options,
      Map<String, ?> model) {
    Validator validator =
        Validator.ranking(recommender, split().validation(), options().evaluation());
    TrainListener listener = shared.listener().training(entrant, shared.seed(), stage);
    RunFolder run =
        shared.folder() == null
            ? null
            : RunFolder.open(shared.folder().resolve(folder), shared.existing(), model);
    TrainResult result = Trainer.train(task, split(), seeded(options), validator, run, listener);
    shared.listener().trained(run == null ? null : run.path(), result);
    return result;
  }

  /** A folder's name: small letters, digits and single hyphens. */
  static String slug(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
  }

  /** How this entrant's trainings went, in order. */
  List<TrainResult> trainings() {
    return List.copyOf(trainings);
  }
}
