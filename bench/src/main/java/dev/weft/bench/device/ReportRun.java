package dev.weft.bench.device;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Brings the parts together: {@code ReportRun FOLDER} reads {@code parts/*.json} there and writes
 * {@code results.json} and {@code results.md}.
 */
public final class ReportRun {
  /** Kernels that do nothing but wait for memory: their rate is a share of the copy's. */
  private static final List<String> MEMORY_BOUND =
      List.of("softmax", "layer norm", "gelu", "AdamW");

  private final Map<String, JsonNode> parts = new LinkedHashMap<>();
  private final List<String> lines = new ArrayList<>();

  private ReportRun() {}

  /** Writes the report. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    ReportRun run = new ReportRun();
    try (var files = Files.list(folder.resolve("parts"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        String name = file.getFileName().toString().replace(".json", "");
        run.parts.put(name, Part.read(file));
      }
    }
    Part.write(folder.resolve("results.json").toString(), run.parts);
    run.steps();
    run.speed();
    Files.write(folder.resolve("results.md"), run.lines);
  }

  private void say(String line) {
    lines.add(line);
  }

  private JsonNode part(String name) {
    return parts.get(name);
  }

  /** What was done, and whether it went well. */
  private void steps() {
    JsonNode run = part("run");
    say(String.format(Locale.ROOT, "# Weft on %s", run.path("device").asText()));
    say("");
    say(
        String.format(
            Locale.ROOT, "%s, %s.", run.path("date").asText(), run.path("driver").asText()));
    say("");
    say("| step | outcome |");
    say("|---|---|");
    run.path("steps")
        .forEach(
            s ->
                say(
                    String.format(
                        Locale.ROOT,
                        "| %s | %s |",
                        s.path("name").asText(),
                        s.path("outcome").asText())));
    for (String name : parts.keySet()) {
      JsonNode part = part(name);
      if (name.startsWith("contract")) {
        say(
            String.format(
                Locale.ROOT,
                "| %s, products by %s | %d of %d passed, %d skipped |",
                name,
                part.path("products").asText(),
                part.path("passed").asLong(),
                part.path("tests").asLong(),
                part.path("skipped").asLong()));
      } else if (name.startsWith("parity")) {
        part.path("curves").forEach(curve -> curve(name, curve));
      } else if (name.equals("bits")) {
        bits(part);
      }
    }
    say("");
  }

  private void curve(String name, JsonNode curve) {
    JsonNode losses = curve.path("device");
    say(
        String.format(
            Locale.ROOT,
            "| %s, %s | loss %.4f to %.4f in %d steps, never further than %.1e of it from the CPU's"
                + " |",
            name,
            curve.path("phase").asText(),
            losses.path(0).asDouble(),
            losses.path(losses.size() - 1).asDouble(),
            losses.size(),
            curve.path("distance").asDouble()));
  }

  private void bits(JsonNode part) {
    int same = 0;
    for (JsonNode line : part.path("lines")) {
      same += line.path("different").asInt() == 0 ? 1 : 0;
    }
    say(
        String.format(
            Locale.ROOT,
            "| bits, %s beside %s | %d of %d operations the same |",
            part.path("first").asText(),
            part.path("second").asText(),
            same,
            part.path("lines").size()));
  }

  private static JsonNode line(JsonNode part, String name) {
    if (part != null) {
      for (JsonNode line : part.path("lines")) {
        if (line.path("name").asText().equals(name)) {
          return line;
        }
      }
    }
    return null;
  }

  private void speed() {
    JsonNode own = part("speed-own");
    JsonNode cublas = part("speed-cublas");
    JsonNode peer = part("pytorch");
    JsonNode first = own == null ? cublas : own;
    if (first == null) {
      return;
    }
    if (first.path("isToy").asBoolean()) {
      say("Toy sizes, timed by the host's clock: these show that everything runs, not how fast.");
      say("");
    }
    say(
        "| | own products, ms | cuBLAS, ms | PyTorch, ms | PyTorch / own | PyTorch / cuBLAS | share"
            + " of copy |");
    say("|---|---|---|---|---|---|---|");
    first
        .path("lines")
        .forEach(
            it -> {
              String name = it.path("name").asText();
              row(name, line(own, name), line(cublas, name), line(peer, name));
            });
  }

  private void row(String name, JsonNode own, JsonNode cublas, JsonNode peer) {
    JsonNode ours = own == null ? cublas : own;
    JsonNode copy = line(own == null ? part("speed-cublas") : part("speed-own"), "copy");
    String share =
        MEMORY_BOUND.contains(name) && copy != null
            ? "%.0f %%".formatted(100 * ours.path("rate").asDouble() / copy.path("rate").asDouble())
            : "";
    say(
        String.format(
            Locale.ROOT,
            "| %s | %s | %s | %s | %s | %s | %s |",
            name,
            millis(own),
            millis(cublas),
            millis(peer),
            ratio(peer, own),
            ratio(peer, cublas),
            share));
  }

  private static String millis(JsonNode line) {
    return line == null ? "" : String.format(Locale.ROOT, "%.3f", line.path("millis").asDouble());
  }

  private static String ratio(JsonNode peer, JsonNode ours) {
    return peer == null || ours == null
        ? ""
        : String.format(
            Locale.ROOT, "%.2f", peer.path("millis").asDouble() / ours.path("millis").asDouble());
  }
}
