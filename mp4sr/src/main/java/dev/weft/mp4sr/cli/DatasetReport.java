package dev.weft.mp4sr.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** What a dataset folder holds, counted from what was read, as papers' tables have it. */
final class DatasetReport {
  private DatasetReport() {}

  static void print(PrintWriter out, boolean json, Path folder, Dataset dataset, JsonNode header) {
    Map<String, Object> report = facts(folder, dataset);
    if (json) {
      report.put("header", header);
      JsonOption.print(out, report);
      return;
    }
    report.forEach((name, value) -> out.println("%-22s %s".formatted(name, shown(value))));
  }

  private static String shown(Object value) {
    return value instanceof Double number
        ? String.format(Locale.ROOT, "%.4f", number)
        : value.toString();
  }

  private static Map<String, Object> facts(Path folder, Dataset dataset) {
    int[] lengths = dataset.sequences().stream().mapToInt(s -> s.length).sorted().toArray();
    int users = lengths.length;
    int items = dataset.items().size();
    long pairs =
        dataset.sequences().stream().mapToLong(s -> Arrays.stream(s).distinct().count()).sum();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("data", folder.toString());
    facts.put("name", dataset.name());
    facts.put("users", users);
    facts.put("items", items);
    facts.put("interactions", dataset.interactions());
    facts.put("sparsity", users == 0 || items == 0 ? 1.0 : 1 - pairs / ((double) users * items));
    facts.put("mean length", users == 0 ? 0.0 : (double) dataset.interactions() / users);
    facts.put(
        "median length",
        users == 0 ? 0.0 : (lengths[(users - 1) / 2] + (double) lengths[users / 2]) / 2);
    facts.put("longest", users == 0 ? 0 : lengths[users - 1]);
    facts.put("interactions per item", items == 0 ? 0.0 : (double) dataset.interactions() / items);
    facts.put("share with text", share(dataset, item -> !item.texts().isEmpty()));
    facts.put("share with picture", share(dataset, item -> !item.images().isEmpty()));
    facts.put("held-out items", dataset.heldOut().size());
    return facts;
  }

  private static double share(Dataset dataset, Predicate<Item> has) {
    int items = dataset.items().size();
    return items == 0 ? 0 : (double) dataset.items().stream().filter(has).count() / items;
  }
}
