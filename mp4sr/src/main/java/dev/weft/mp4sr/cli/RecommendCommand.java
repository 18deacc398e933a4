package dev.weft.mp4sr.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.mp4sr.eval.TopItems;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mp4sr recommend}: the best items for a user or for a history given by hand. */
@Command(
    name = "recommend",
    description = {
      "Recommend items to a user, or after a given history; say where an item would stand that the",
      "catalogue does not have yet, from its text and picture."
    })
final class RecommendCommand implements Runnable {
  @Mixin CommonOptions common;
  @Mixin JsonOption format;
  @Mixin NewItemFlags added;
  @Spec CommandSpec spec;

  @Option(
      names = "--run",
      required = true,
      paramLabel = "RUN",
      description = "Run folder of finetune or pretrain.")
  Path run;

  @ArgGroup(multiplicity = "1")
  Whom whom;

  /** One of these. */
  static final class Whom {
    @Option(
        names = "--user",
        required = true,
        paramLabel = "ID",
        description = "A user of the dataset: everything that the dataset knows is the history.")
    String user;

    @Option(
        names = "--history",
        required = true,
        paramLabel = "ID,ID,...",
        description = "Item ids, oldest first.")
    String history;

    @Option(
        names = "--users",
        required = true,
        paramLabel = "FILE",
        description = "Many users, an id a line; prints a JSON object a line for each.")
    Path users;

    @Option(names = "--all-users", required = true, description = "Every user with a history.")
    boolean all;
  }

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "10",
      description = "How many (default: ${DEFAULT-VALUE}).")
  int top = 10;

  @Option(names = "--keep-history", description = "Items of the history may be recommended again.")
  boolean keepHistory;

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

  @Override
  public void run() {
    if (top < 1) {
      throw new ParameterException(spec.commandLine(), "--top: " + top + " is less than 1");
    }
    if (whom.history != null && ids(whom.history).isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--history: is empty; give at least one item id");
    }
    List<Item> more = added.items(spec.commandLine());
    TrainedRun trained =
        more.isEmpty()
            ? TrainedRun.open(run, data, features)
            : TrainedRun.openWith(more, run, data, features, added.bert, added.clip);
    Dataset dataset = trained.material().dataset();
    if (whom.all || whom.users != null) {
      List<Integer> users =
          whom.all ? withHistory(dataset) : BatchRecommendation.users(whom.users, dataset);
      String speed =
          new BatchRecommendation(trained, top, kept()).print(users, spec.commandLine().getOut());
      spec.commandLine().getErr().println("mp4sr: " + speed);
      return;
    }
    int[] history = whom.user != null ? ofUser(dataset) : byHand(dataset);
    TopItems.Answer answer =
        TopItems.answers(
                trained.recommender(),
                List.of(history),
                top,
                trained.config().maxLength(),
                kept(),
                trained.newItems())
            .getFirst();
    print(rows(trained, answer, keepHistory ? new int[0] : history));
  }

  private TopItems.History kept() {
    return keepHistory ? TopItems.History.KEPT : TopItems.History.EXCLUDED;
  }

  private static List<Integer> withHistory(Dataset dataset) {
    return IntStream.range(0, dataset.users().size())
        .filter(user -> dataset.sequences().get(user).length > 0)
        .boxed()
        .toList();
  }

  private int[] ofUser(Dataset dataset) {
    int index = dataset.users().indexOf(whom.user);
    if (index < 0) {
      throw new CliException(
          "user %s: is not among the %d users of %s; give a history with --history"
              .formatted(whom.user, dataset.users().size(), dataset.name()));
    }
    int[] history = dataset.sequences().get(index);
    if (history.length == 0) {
      throw new CliException("user " + whom.user + ": has no history; give one with --history");
    }
    return history;
  }

  private int[] byHand(Dataset dataset) {
    Map<String, Integer> numbers = dataset.itemNumbers();
    return ids(whom.history).stream()
        .mapToInt(
            id -> {
              Integer number = numbers.get(id);
              if (number == null) {
                throw new CliException(
                    "item %s: is not among the %d items of %s; --new-text describes one that is not"
                        .formatted(id, dataset.items().size(), dataset.name()));
              }
              return number;
            })
        .toArray();
  }

  private static List<String> ids(String list) {
    List<String> ids = new ArrayList<>();
    for (String id : list.split(",", -1)) {
      if (!id.isBlank()) {
        ids.add(id.strip());
      }
    }
    return ids;
  }

  /**
   * A recommended item as it is shown.
   *
   * @param isNew whether the catalogue does not have it; null where it has
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Row(
      int rank, String item, double score, String title, @JsonProperty("new") Boolean isNew) {}

  /** The best items; then the new ones that are not among them, by rank. */
  private static List<Row> rows(TrainedRun trained, TopItems.Answer answer, int[] excluded) {
    Dataset dataset = trained.material().dataset();
    int firstNew = dataset.items().size() - trained.added() + 1;
    List<Row> rows = new ArrayList<>();
    Set<Integer> shown = new HashSet<>();
    Arrays.stream(excluded).forEach(shown::add);
    for (TopItems.Scored scored : answer.best()) {
      shown.add(scored.item());
      Boolean isNew = scored.item() >= firstNew ? true : null;
      rows.add(row(dataset, scored.item(), rows.size() + 1, scored.score(), isNew));
    }
    answer.asked().stream()
        .filter(placed -> !shown.contains(placed.item()))
        .sorted(Comparator.comparingInt(TopItems.Placed::rank))
        .forEach(p -> rows.add(row(dataset, p.item(), p.rank(), p.score(), true)));
    return rows;
  }

  private static Row row(Dataset dataset, int number, int rank, double score, Boolean isNew) {
    Item item = dataset.item(number);
    return new Row(rank, item.id(), score, item.title(), isNew);
  }

  private void print(List<Row> rows) {
    PrintWriter out = spec.commandLine().getOut();
    if (format.json) {
      JsonOption.print(out, rows);
      return;
    }
    for (Row row : rows) {
      out.println(
          String.format(
              Locale.ROOT,
              "%3d  %-14s %8.4f  %s%s",
              row.rank(),
              row.item(),
              row.score(),
              row.title(),
              row.isNew() == null ? "" : "  (new)"));
    }
  }
}
