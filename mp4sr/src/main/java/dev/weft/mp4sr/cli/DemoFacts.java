package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.features.Features;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.report.ReportData.Fact;
import dev.weft.mp4sr.train.TrainOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the demonstration's report says of data and configuration. */
final class DemoFacts {
  private DemoFacts() {}

  static List<Fact> data(Material material) {
    Dataset dataset = material.dataset();
    int[] counts = material.split().trainingCounts();
    int unseen = 0;
    for (int item = 1; item < counts.length; item++) {
      unseen += counts[item] == 0 ? 1 : 0;
    }
    long pictures = dataset.items().stream().mapToLong(item -> item.images().size()).sum();
    long texts = dataset.items().stream().mapToLong(item -> item.texts().size()).sum();
    double mean = dataset.interactions() / (double) dataset.users().size();
    return List.of(
        fact("source", "drawn by mp4sr, written and ingested in the Amazon 2018 format"),
        fact("users", number(dataset.users().size())),
        fact("items", number(dataset.items().size())),
        fact("interactions", number(dataset.interactions())),
        fact("mean length", String.format(Locale.ROOT, "%.1f", mean)),
        fact("texts", number(texts)),
        fact("pictures", number(pictures)),
        fact("not in training", number(unseen) + " items"),
        fact("split", "last item tests, the one before validates"));
  }

  static List<Fact> configuration(DemoSettings settings, Material material) {
    M2seConfig model = settings.model();
    Features features = material.features();
    List<Fact> facts = new ArrayList<>();
    facts.add(fact("seeds", settings.seeds().toString()));
    facts.add(
        fact(
            "features",
            features.width()
                + " wide, "
                + features.text().slots()
                + " texts and "
                + features.image().slots()
                + " pictures an item at most"));
    facts.add(fact("words for a picture", Integer.toString(settings.features().topWords())));
    facts.add(fact("hidden size", Integer.toString(model.hiddenSize())));
    facts.add(fact("experts", Integer.toString(model.experts())));
    facts.add(fact("layers, heads", model.layers() + ", " + model.heads()));
    facts.add(fact("longest history", Integer.toString(model.maxLength())));
    facts.add(fact("temperature, λ", model.temperature() + ", " + model.cmclWeight()));
    facts.add(fact("pre-training", training(settings.pretraining())));
    facts.add(fact("fine-tuning", training(settings.finetuning())));
    facts.add(fact("SASRec", training(settings.baseline())));
    return facts;
  }

  private static String training(TrainOptions options) {
    return "up to %d epochs, batches of %d, learning rate %s, weight decay %s, best epoch by %s"
        .formatted(
            options.epochs(),
            options.batchSize(),
            options.learningRate(),
            options.weightDecay(),
            options.validationMetric());
  }

  private static Fact fact(String name, String value) {
    return new Fact(name, value);
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
