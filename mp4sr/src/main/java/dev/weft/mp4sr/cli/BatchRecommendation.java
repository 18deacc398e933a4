package dev.weft.mp4sr.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.eval.TopItems;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Recommendations for many users, a JSON object a line, in the order they were asked for. */
final class BatchRecommendation {
  /** Users whose lists are held before they are printed. */
  private static final int HELD = 8192;

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Ranked(String item, double score) {}

  /** Where an item stands that the catalogue does not have. */
  private record New(String item, double score, int rank) {}

  /** {@code newItems} is null where there are none. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Line(String user, List<Ranked> items, List<New> newItems) {}

  private final TrainedRun trained;
  private final int top;
  private final TopItems.History history;

  BatchRecommendation(TrainedRun trained, int top, TopItems.History history) {
    this.trained = trained;
    this.top = top;
    this.history = history;
  }

  /**
   * Reads ids from a file, one a line; blank lines do not count.
   *
   * @throws CliException naming the line whose user is unknown or has no history
   */
  static List<Integer> users(Path file, Dataset dataset) {
    Map<String, Integer> numbers = new HashMap<>();
    for (String user : dataset.users()) {
      numbers.put(user, numbers.size());
    }
    List<Integer> users = new ArrayList<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      Integer user = numbers.get(line.strip());
      if (user == null || dataset.sequences().get(user).length == 0) {
        throw new CliException(
            "%s, line %d: user %s %s"
                .formatted(
                    file,
                    number,
                    line.strip(),
                    user == null ? "is not in " + dataset.name() : "has no history"));
      }
      users.add(user);
    }
    return users;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new CliException(file + ": no such file; --users takes ids, one a line", e);
    } catch (IOException e) {
      throw new CliException(file + ": cannot be read as UTF-8: " + e.getMessage(), e);
    }
  }

  /** Prints a line for each user; returns how many users a second were served. */
  String print(List<Integer> users, PrintWriter out) {
    Dataset dataset = trained.material().dataset();
    long start = System.nanoTime();
    for (int from = 0; from < users.size(); from += HELD) {
      List<Integer> some = users.subList(from, Math.min(from + HELD, users.size()));
      List<int[]> histories = some.stream().map(dataset.sequences()::get).toList();
      List<TopItems.Answer> answers =
          TopItems.answers(
              trained.recommender(),
              histories,
              top,
              trained.config().maxLength(),
              history,
              trained.newItems());
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < some.size(); i++) {
        lines.append(line(dataset, some.get(i), answers.get(i))).append('\n');
      }
      out.print(lines);
    }
    out.flush();
    double seconds = (System.nanoTime() - start) / 1e9;
    return String.format(
        Locale.ROOT,
        "%d users in %.2f s, %.0f a second",
        users.size(),
        seconds,
        users.size() / seconds);
  }

  private static String line(Dataset dataset, int user, TopItems.Answer answer) {
    List<New> asked =
        answer.asked().stream()
            .map(p -> new New(dataset.item(p.item()).id(), p.score(), p.rank()))
            .toList();
    List<Ranked> items =
        answer.best().stream()
            .map(s -> new Ranked(dataset.item(s.item()).id(), s.score()))
            .toList();
    try {
      return JSON.writeValueAsString(
          new Line(dataset.users().get(user), items, asked.isEmpty() ? null : asked));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
