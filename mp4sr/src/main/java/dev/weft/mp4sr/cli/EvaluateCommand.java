package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.data.Case;
import dev.weft.mp4sr.data.Split;
import dev.weft.mp4sr.eval.EvalOptions;
import dev.weft.mp4sr.eval.EvalResult;
import dev.weft.mp4sr.eval.Evaluator;
import dev.weft.mp4sr.model.PopularityRecommender;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mp4sr evaluate}: full ranking, warm and cold apart. */
@Command(
    name = "evaluate",
    description = {
      "Rank every case's item against all items that are not in the history:",
      "Recall, NDCG and MRR, warm and cold items apart."
    })
final class EvaluateCommand implements Runnable {
  /** Which cases are asked. */
  enum Cases {
    /** Each user's last item. */
    TEST,
    /** The one before. */
    VALIDATION
  }

  @Mixin CommonOptions common;
  @Mixin JsonOption format;
  @Spec CommandSpec spec;

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description = "Run folder of pretrain or finetune; may be given several times.")
  List<Path> runs = new ArrayList<>();

  @Option(
      names = "--popularity",
      description = "Evaluate the ranking by number of purchases too; needs --data or --run.")
  boolean popularity;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Dataset folder (default: the one that the run was trained on).")
  Path data;

  @Option(
      names = "--features",
      paramLabel = "FILE",
      description = "Features of its items (default: those that the run was trained on).")
  Path features;

  @Option(
      names = "--cases",
      paramLabel = "test|validation",
      defaultValue = "test",
      description = "Which cases (default: ${DEFAULT-VALUE}).")
  Cases cases = Cases.TEST;

  @Option(
      names = "--k",
      split = ",",
      paramLabel = "K",
      description = "Lengths of the list (default: 5,10,20,50).")
  List<Integer> ks = EvalOptions.DEFAULTS.ks();

  @Option(
      names = "--cold-threshold",
      paramLabel = "N",
      description = "An item that training saw fewer times is cold (default: 10).")
  int coldThreshold = EvalOptions.DEFAULTS.coldThreshold();

  @Override
  public void run() {
    if (runs.isEmpty() && !(popularity && data != null)) {
      throw new ParameterException(
          spec.commandLine(), "give --run RUN, or --popularity with --data DIR");
    }
    EvalOptions options = EvalOptions.DEFAULTS.withKs(ks).withColdThreshold(coldThreshold);
    List<EvaluatedModel> results = new ArrayList<>();
    for (Path run : runs) {
      TrainedRun trained = TrainedRun.open(run, data, features);
      EvalOptions fitting = options.withMaxLength(trained.config().maxLength());
      results.add(new EvaluatedModel(run.toString(), evaluate(trained, fitting)));
    }
    if (popularity) {
      results.add(new EvaluatedModel("", popularity(options)));
    }
    print(results);
  }

  private EvalResult evaluate(TrainedRun trained, EvalOptions options) {
    Split split = trained.material().split();
    return Evaluator.evaluate(
        trained.recommender(),
        chosen(split),
        split.trainingCounts(),
        options,
        TerminalProgress.create());
  }

  private EvalResult popularity(EvalOptions options) {
    Path folder =
        data != null
            ? data
            : RunDescription.resolve(runs.getFirst(), RunDescription.read(runs.getFirst()).data());
    Split split = Material.read(folder, null).split();
    return Evaluator.evaluate(
        new PopularityRecommender(split.trainingCounts()),
        chosen(split),
        split.trainingCounts(),
        options);
  }

  private List<Case> chosen(Split split) {
    List<Case> chosen = cases == Cases.TEST ? split.test() : split.validation();
    if (chosen.isEmpty()) {
      throw new CliException("evaluate: no user has 3 items or more, so there is no case to rank");
    }
    return chosen;
  }

  private void print(List<EvaluatedModel> results) {
    PrintWriter out = spec.commandLine().getOut();
    if (format.json) {
      JsonOption.print(out, results.stream().map(EvaluatedModel::toMap).toList());
    } else {
      results.forEach(result -> result.print(out));
    }
  }
}
