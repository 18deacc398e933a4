package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.data.sample.SampleOptions;
import dev.weft.mp4sr.eval.EvalOptions;
import dev.weft.mp4sr.features.FeatureOptions;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.train.TrainOptions;
import dev.weft.mp4sr.train.TrainOptions.Decay;
import dev.weft.mp4sr.train.TrainOptions.Prefixes;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How big a demonstration is.
 *
 * @param seeds of the trainings, one run of everything for each
 * @param sample the catalogue
 * @param features how they are extracted
 * @param model sizes and switches of MP4SR
 * @param pretraining how it is pre-trained
 * @param finetuning how it is fine-tuned
 * @param baseline how SASRec is trained
 * @param evaluation how the test cases are ranked
 */
record DemoSettings(
    List<Long> seeds,
    SampleOptions sample,
    FeatureOptions features,
    M2seConfig model,
    TrainOptions pretraining,
    TrainOptions finetuning,
    TrainOptions baseline,
    EvalOptions evaluation) {

  /** Few products of the sample have more, and every item is padded to the longest. */
  private static final int MAX_TEXTS = 4;

  private static final int MAX_IMAGES = 3;

  /** Everything in under six minutes on two cores. */
  static DemoSettings full(long firstSeed, int seeds, int products, int users) {
    M2seConfig model =
        M2seConfig.builder()
            .hiddenSize(32)
            .feedForwardSize(128)
            .experts(4)
            .maxLength(20)
            .hiddenDropout(0.1)
            .attentionDropout(0.1)
            .expertDropout(0.1)
            .temperature(0.15)
            .build();
    return new DemoSettings(
        LongStream.range(firstSeed, firstSeed + seeds).boxed().toList(),
        SampleOptions.defaults().withSize(products, users),
        FeatureOptions.defaults().withLimits(MAX_TEXTS, MAX_IMAGES),
        model,
        train(model, 24),
        train(model, 12),
        train(model, 20),
        EvalOptions.DEFAULTS.withMaxLength(model.maxLength()));
  }

  /** Just enough to see everything run. */
  static DemoSettings quick(long firstSeed, int seeds, int products, int users) {
    DemoSettings full = full(firstSeed, seeds, products, users);
    return new DemoSettings(
        full.seeds(),
        full.sample(),
        full.features(),
        full.model(),
        full.pretraining().with().epochs(4).build(),
        full.finetuning().with().epochs(4).build(),
        full.baseline().with().epochs(4).build(),
        full.evaluation());
  }

  /** At a constant rate the last epochs differ more from seed to seed than models do. */
  private static TrainOptions train(M2seConfig model, int epochs) {
    return TrainOptions.pretraining()
        .with()
        .epochs(epochs)
        .batchSize(64)
        .learningRate(3e-3)
        .warmUpSteps(50)
        .decay(Decay.COSINE)
        .patience(0)
        .validateEvery(2)
        .validationMetric(DemoTable.METRIC)
        .prefixes(Prefixes.EVERY_POSITION)
        .maxLength(model.maxLength())
        .build();
  }
}
