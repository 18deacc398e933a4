package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.cli.RunDescription.Family;
import dev.weft.mp4sr.compare.ComparisonResult;
import dev.weft.mp4sr.compare.ComparisonResult.Row;
import dev.weft.mp4sr.compare.ComparisonResult.SeedResult;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.ingest.AmazonReviews;
import dev.weft.mp4sr.data.ingest.IngestOptions;
import dev.weft.mp4sr.data.sample.SampleCatalogue;
import dev.weft.mp4sr.data.sample.SampleEncoders;
import dev.weft.mp4sr.eval.EvalResult;
import dev.weft.mp4sr.eval.Evaluator;
import dev.weft.mp4sr.features.FeatureExtractor;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.model.PopularityRecommender;
import dev.weft.mp4sr.model.Recommender;
import dev.weft.mp4sr.train.RunFolder.Existing;
import dev.weft.mp4sr.train.TrainOptions;
import dev.weft.mp4sr.train.TrainResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The whole job on the sample, step by step what the single commands do. */
final class Demo {
  private final DemoFolder folder;
  private final DemoSettings settings;
  private final ProgressListener progress;

  Demo(DemoFolder folder, DemoSettings settings, ProgressListener progress) {
    this.folder = folder;
    this.settings = settings;
    this.progress = progress;
  }

  /** Sample, dataset, encoders and features. */
  void prepare() {
    SampleCatalogue.write(folder.sample(), settings.sample(), progress);
    AmazonReviews.read(
            folder.sample().resolve(SampleCatalogue.REVIEWS),
            folder.sample().resolve(SampleCatalogue.META),
            IngestOptions.defaults("sample")
                .withImages(folder.sample().resolve(SampleCatalogue.IMAGES)),
            progress)
        .write(folder.data());
    Dataset dataset = Dataset.read(folder.data());
    SampleEncoders.write(folder.encoders(), dataset, settings.sample().seed(), progress);
    FeatureExtractor.extract(
        dataset,
        folder.bert(),
        folder.clip(),
        null,
        settings.features(),
        folder.features(),
        progress);
  }

  /** Trains and ranks every model under every seed. */
  ComparisonResult compare(Material material) {
    Map<DemoModel, List<SeedResult>> results = new EnumMap<>(DemoModel.class);
    for (DemoModel model : DemoModel.values()) {
      results.put(model, new ArrayList<>());
    }
    for (long seed : settings.seeds()) {
      TrainResult pretraining = pretrain(material, seed);
      for (DemoModel model : DemoModel.values()) {
        List<TrainResult> trainings = new ArrayList<>();
        if (model.pretrained()) {
          trainings.add(pretraining);
        }
        if (model.run() != null) {
          trainings.add(train(material, model, seed));
        }
        results.get(model).add(new SeedResult(seed, evaluate(material, model, seed), trainings));
      }
    }
    return new ComparisonResult(
        results.entrySet().stream().map(e -> new Row(e.getKey().label(), e.getValue())).toList());
  }

  private TrainResult pretrain(Material material, long seed) {
    Path output = folder.run(seed, DemoModel.PRETRAINING);
    return job(Family.PRETRAINING, settings.model(), settings.pretraining(), null, output, seed)
        .run(material, progress);
  }

  private TrainResult train(Material material, DemoModel model, long seed) {
    Path output = folder.run(seed, model.run());
    if (model == DemoModel.SASREC) {
      return job(Family.SASREC, settings.model(), settings.baseline(), null, output, seed)
          .run(material, progress);
    }
    Path pretrained = model.pretrained() ? folder.run(seed, DemoModel.PRETRAINING) : null;
    M2seConfig config = settings.model().with().setting(model.setting()).build();
    return job(Family.FINETUNING, config, settings.finetuning(), pretrained, output, seed)
        .run(material, progress);
  }

  private TrainingJob job(
      Family family,
      M2seConfig config,
      TrainOptions options,
      Path pretrained,
      Path output,
      long seed) {
    return new TrainingJob(
        family,
        config,
        options.with().seed(seed).build(),
        folder.data(),
        family.readsFeatures() ? folder.features() : null,
        pretrained,
        output,
        Existing.OVERWRITE);
  }

  private EvalResult evaluate(Material material, DemoModel model, long seed) {
    return Evaluator.evaluate(
        recommender(material, model, seed),
        material.split().test(),
        material.split().trainingCounts(),
        settings.evaluation(),
        progress);
  }

  /** A trained model, from its run folder. */
  Recommender recommender(Material material, DemoModel model, long seed) {
    if (model.run() == null) {
      return new PopularityRecommender(material.split().trainingCounts());
    }
    Path run = folder.run(seed, model.run());
    return Models.load(run, RunDescription.read(run), material, 0).recommender();
  }
}
