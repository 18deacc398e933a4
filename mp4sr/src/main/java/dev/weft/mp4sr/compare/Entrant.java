package dev.weft.mp4sr.compare;

import dev.weft.mp4sr.model.FeatureSasRec;
import dev.weft.mp4sr.model.FinetuningTask;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.model.M2seConfig.Setting;
import dev.weft.mp4sr.model.PopularityRecommender;
import dev.weft.mp4sr.model.PretrainingTask;
import dev.weft.mp4sr.model.Recommender;
import dev.weft.mp4sr.model.SasRec;
import dev.weft.mp4sr.model.UniSRec;
import dev.weft.mp4sr.train.WeightTransfer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A model of a comparison.
 *
 * @param name in tables
 * @param fit makes a recommender from a seed and all that the fitting holds
 */
public record Entrant(String name, Function<Fitting, Recommender> fit) {
  /** Whether MP4SR starts from a pre-trained encoder. */
  public enum Start {
    PRETRAINED,
    FROM_SCRATCH
  }

  /**
   * MP4SR, or an ablation of it.
   *
   * @param change what sets it apart from the comparison's configuration
   */
  public static Entrant mp4sr(String name, Start start, UnaryOperator<M2seConfig> change) {
    return new Entrant(name, fitting -> finetuned(fitting, start, change));
  }

  /** MP4SR in one of its settings. */
  public static Entrant mp4sr(String name, Start start, Setting setting) {
    return mp4sr(name, start, config -> config.with().setting(setting).build());
  }

  private static Recommender finetuned(
      Fitting fitting, Start start, UnaryOperator<M2seConfig> change) {
    M2seConfig config = change.apply(fitting.options().model());
    FinetuningTask task =
        FinetuningTask.create(fitting.weights(), config, fitting.features())
            .knowing(fitting.split().trainingCounts());
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("config", config);
    if (start == Start.PRETRAINED) {
      PretrainingTask pretrained = fitting.pretrained(config);
      WeightTransfer.copy(pretrained.parameters(), task.parameters());
      model.put("pretraining", fitting.seeded(fitting.options().pretraining()));
    }
    fitting.train("finetuning", task, task, fitting.options().finetuning(), model);
    return task;
  }

  /** SASRec on item numbers. */
  public static Entrant sasRec() {
    return new Entrant(
        "SASRec",
        fitting -> {
          M2seConfig config = fitting.options().sasRec();
          SasRec task = SasRec.create(fitting.weights(), config, fitting.items());
          fitting.train(
              "training", task, task, fitting.options().baseline(), Map.of("config", config));
          return task;
        });
  }

  /** SASRec on item numbers and projected features. */
  public static Entrant sasRecFeatures() {
    return new Entrant(
        "SASRec with features",
        fitting -> {
          M2seConfig config = fitting.options().sasRec();
          FeatureSasRec task = FeatureSasRec.create(fitting.weights(), config, fitting.features());
          fitting.train(
              "training", task, task, fitting.options().baseline(), Map.of("config", config));
          return task;
        });
  }

  /** A model like UniSRec in one of its settings. */
  public static Entrant uniSRec(String name, Setting setting) {
    return new Entrant(
        name,
        fitting -> {
          M2seConfig config = fitting.options().uniSRec().with().setting(setting).build();
          UniSRec task =
              UniSRec.create(
                  fitting.weights(), config, fitting.features(), fitting.split().trainingCounts());
          fitting.train(
              "training", task, task, fitting.options().baseline(), Map.of("config", config));
          return task;
        });
  }

  /** The same under another name. */
  public Entrant named(String other) {
    return new Entrant(other, fit);
  }

  /**
   * The items that are most popular when held-out items are counted too, as published tables do
   * (S3-Rec's among them). It has seen what it is asked.
   */
  public static Entrant popularityOfEverything() {
    return new Entrant(
        "Popularity, held-out items counted",
        fitting -> new PopularityRecommender(fitting.split().allCounts()));
  }

  /** The most popular items, whatever the history. */
  public static Entrant popularity() {
    return new Entrant(
        "Popularity", fitting -> new PopularityRecommender(fitting.split().trainingCounts()));
  }

  /** MP4SR in both settings, with and without pre-training, SASRec and popularity. */
  public static List<Entrant> standard() {
    return List.of(
        mp4sr("MP4SR inductive", Start.PRETRAINED, Setting.INDUCTIVE),
        mp4sr("MP4SR transductive", Start.PRETRAINED, Setting.TRANSDUCTIVE),
        mp4sr("MP4SR inductive, no pre-training", Start.FROM_SCRATCH, Setting.INDUCTIVE),
        mp4sr("MP4SR transductive, no pre-training", Start.FROM_SCRATCH, Setting.TRANSDUCTIVE),
        sasRec(),
        popularity());
  }
}
