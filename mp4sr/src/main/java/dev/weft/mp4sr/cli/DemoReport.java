package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.compare.ComparisonResult;
import dev.weft.mp4sr.compare.ComparisonResult.Row;
import dev.weft.mp4sr.data.Case;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.mp4sr.eval.Aggregate;
import dev.weft.mp4sr.eval.EvalResult;
import dev.weft.mp4sr.eval.TopItems;
import dev.weft.mp4sr.features.ImageTags;
import dev.weft.mp4sr.report.ReportData;
import dev.weft.mp4sr.report.ReportData.LossCurves;
import dev.weft.mp4sr.report.ReportData.MetricBars;
import dev.weft.mp4sr.report.ReportData.MetricRow;
import dev.weft.mp4sr.report.ReportData.MetricTable;
import dev.weft.mp4sr.report.ReportData.ShownItem;
import dev.weft.mp4sr.report.ReportData.TaggedPicture;
import dev.weft.mp4sr.report.ReportData.UserExample;
import dev.weft.mp4sr.train.EpochReport;
import dev.weft.mp4sr.train.TrainResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Gathers what the demonstration's report shows. */
final class DemoReport {
  private static final List<String> METRICS =
      List.of("Recall@5", "Recall@10", "Recall@20", "NDCG@5", "NDCG@10", "NDCG@20", "MRR@20");
  private static final int USERS = 5;
  private static final int PICTURES = 12;
  private static final int TOP = 10;
  private static final int SHOWN_HISTORY = 12;

  private final Demo demo;
  private final DemoFolder folder;
  private final DemoSettings settings;
  private final Material material;
  private final ComparisonResult result;

  DemoReport(
      Demo demo,
      DemoFolder folder,
      DemoSettings settings,
      Material material,
      ComparisonResult result) {
    this.demo = demo;
    this.folder = folder;
    this.settings = settings;
    this.material = material;
    this.result = result;
  }

  ReportData data() {
    return new ReportData(
        "MP4SR on the sample catalogue",
        summary(),
        List.of(
            "The BERT and CLIP encoders of this run are untrained: their vocabularies come from"
                + " the sample's texts, their weights from a random number generator, with the last"
                + " norms and CLIP's projections set by a formula, without labels, so that their"
                + " outputs spread over the sample's texts and pictures. What the words chosen for"
                + " a picture mean is therefore arbitrary; that like pictures get like words is"
                + " not."),
        DemoFacts.data(material),
        DemoFacts.configuration(settings, material),
        tables(),
        List.of(new MetricBars(DemoTable.METRIC + ", all test cases", bars())),
        curves(),
        tags(),
        users());
  }

  private String summary() {
    Map<String, Aggregate> bars = bars();
    double best = bars.get(DemoModel.INDUCTIVE.label()).mean();
    double popular = bars.get(DemoModel.POPULARITY.label()).mean();
    return String.format(
        Locale.ROOT,
        "Features from texts and pictures, pre-training, fine-tuning, and a ranking of all items"
            + " for %,d users; %d seed(s). %s of pre-trained, inductive MP4SR is %.4f, %.1f times"
            + " that of popularity.",
        result.rows().getFirst().seeds().getFirst().evaluation().overall().cases(),
        settings.seeds().size(),
        DemoTable.METRIC,
        best,
        best / popular);
  }

  private Map<String, Aggregate> bars() {
    Map<String, Aggregate> bars = new LinkedHashMap<>();
    for (Row row : result.rows()) {
      bars.put(row.name(), row.overall(DemoTable.METRIC));
    }
    return bars;
  }

  // ---- metrics

  private List<MetricTable> tables() {
    int cold = settings.evaluation().coldThreshold();
    return List.of(
        table(
            "All test cases",
            "each ranked against all items outside the history",
            EvalResult::overall),
        table(
            "Warm items",
            "the next item was seen " + cold + " times or more in training",
            EvalResult::warm),
        table(
            "Cold items",
            "the next item was seen fewer than " + cold + " times in training",
            EvalResult::cold));
  }

  private MetricTable table(
      String title, String what, Function<EvalResult, EvalResult.Group> group) {
    int cases = group.apply(result.rows().getFirst().seeds().getFirst().evaluation()).cases();
    String caption =
        String.format(
            Locale.ROOT,
            "%,d cases: %s.%s",
            cases,
            what,
            settings.seeds().size() == 1
                ? ""
                : " Mean ± standard deviation over " + settings.seeds().size() + " seeds.");
    return new MetricTable(
        title, caption, METRICS, result.rows().stream().map(row -> row(row, group)).toList());
  }

  private static MetricRow row(Row row, Function<EvalResult, EvalResult.Group> group) {
    return new MetricRow(
        row.name(), METRICS.stream().map(metric -> DemoTable.value(row, group, metric)).toList());
  }

  // ---- curves, of the first seed

  private List<LossCurves> curves() {
    List<LossCurves> curves = new ArrayList<>();
    String seed = ", seed " + settings.seeds().getFirst();
    TrainResult pretraining = trainings(DemoModel.INDUCTIVE).getFirst();
    curves.add(new LossCurves("Losses of pre-training" + seed, losses(pretraining)));
    Map<String, double[]> finetuning = new LinkedHashMap<>();
    Map<String, double[]> validation = new LinkedHashMap<>();
    for (DemoModel model : DemoModel.values()) {
      if (model.run() != null) {
        TrainResult training = trainings(model).getLast();
        validation.put(model.label(), values(training, e -> e.validation().get("NDCG@10")));
        if (model.setting() != null) {
          finetuning.put(model.label(), values(training, e -> e.losses().get("loss")));
        }
      }
    }
    curves.add(new LossCurves("Losses of fine-tuning" + seed, finetuning));
    curves.add(new LossCurves("NDCG@10 on the validation cases" + seed, validation));
    return curves;
  }

  private List<TrainResult> trainings(DemoModel model) {
    return result.row(model.label()).seeds().getFirst().trainings();
  }

  private static Map<String, double[]> losses(TrainResult training) {
    Map<String, double[]> losses = new LinkedHashMap<>();
    for (String name : training.epochs().getFirst().losses().keySet()) {
      losses.put(name, values(training, epoch -> epoch.losses().get(name)));
    }
    return losses;
  }

  private static double[] values(TrainResult training, Function<EpochReport, Double> value) {
    return training.epochs().stream()
        .mapToDouble(
            epoch -> {
              Double found = value.apply(epoch);
              return found == null ? Double.NaN : found;
            })
        .toArray();
  }

  // ---- pictures

  private List<TaggedPicture> tags() {
    Map<String, Integer> numbers = material.dataset().itemNumbers();
    List<ImageTags> readable =
        ImageTags.read(folder.data().resolve(ImageTags.FILE)).stream()
            .filter(tags -> tags.error() == null)
            .toList();
    return spread(readable, PICTURES).stream()
        .map(
            tags -> {
              Item item = material.dataset().item(numbers.get(tags.item()));
              return new TaggedPicture(
                  Path.of(item.images().get(tags.image())), item.title(), tags.words());
            })
        .toList();
  }

  /** Users taken evenly from all whose history can be shown whole. */
  private List<UserExample> users() {
    List<Case> cases =
        spread(
            material.split().test().stream()
                .filter(asked -> asked.history().length <= SHOWN_HISTORY)
                .toList(),
            USERS);
    List<List<TopItems.Scored>> best =
        TopItems.recommend(
            demo.recommender(material, DemoModel.INDUCTIVE, settings.seeds().getFirst()),
            cases.stream().map(Case::history).toList(),
            TOP,
            settings.model().maxLength(),
            TopItems.History.EXCLUDED);
    List<UserExample> users = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      users.add(user(cases.get(i), best.get(i)));
    }
    return users;
  }

  private UserExample user(Case asked, List<TopItems.Scored> best) {
    List<ShownItem> history = new ArrayList<>();
    for (int item : asked.history()) {
      history.add(shown(item, false));
    }
    return new UserExample(
        "User " + material.dataset().users().get(asked.user()),
        history,
        shown(asked.target(), true),
        best.stream().map(s -> shown(s.item(), s.item() == asked.target())).toList());
  }

  private ShownItem shown(int number, boolean hit) {
    Dataset dataset = material.dataset();
    Item item = dataset.item(number);
    Path image = item.images().isEmpty() ? null : Path.of(item.images().getFirst());
    return new ShownItem(item.title(), image, hit);
  }

  private static <T> List<T> spread(List<T> all, int count) {
    List<T> chosen = new ArrayList<>();
    for (int i = 0; i < Math.min(count, all.size()); i++) {
      chosen.add(all.get((int) ((long) i * all.size() / Math.min(count, all.size()))));
    }
    return chosen;
  }
}
