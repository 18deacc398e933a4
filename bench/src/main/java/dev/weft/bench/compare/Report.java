package dev.weft.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One comparison, as {@code results.json} holds it.
 *
 * @param date when it began, ISO 8601
 * @param command the options that it was given
 * @param machine where it ran
 * @param threads that each engine was given
 * @param backend which loops of ours
 * @param versions of what each engine runs, by its label
 * @param lines the works
 */
record Report(
    String date,
    String command,
    Machine machine,
    int threads,
    String backend,
    Map<String, Map<String, String>> versions,
    List<Line> lines) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  static Report read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), Report.class);
  }

  void write(Path file) throws IOException {
    JSON.writeValue(file.toFile(), this);
  }

  /** This with the lines of an earlier report whose works were not measured again. */
  Report addedTo(Report earlier) {
    Map<String, Line> byWork = new LinkedHashMap<>();
    earlier.lines.forEach(line -> byWork.put(line.work(), line));
    lines.forEach(line -> byWork.put(line.work(), line));
    List<Line> merged = new ArrayList<>();
    Works.all()
        .forEach(
            work -> {
              Line line = byWork.get(work.name());
              if (line != null) {
                merged.add(line);
              }
            });
    Map<String, Map<String, String>> all = new LinkedHashMap<>(earlier.versions);
    all.putAll(versions);
    return new Report(date, command, machine, threads, backend, all, merged);
  }
}
