package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** CSV files with a header, whose columns the user names. */
public final class CsvInteractions {
  private final ProgressListener progress;
  private final BadLines badLines;

  private CsvInteractions(IngestOptions options, ProgressListener progress) {
    this.progress = progress;
    this.badLines = new BadLines(options.maxBadLines());
  }

  /**
   * Reads interactions of unknown items.
   *
   * @throws DataException naming file, line and column
   */
  public static IngestResult read(
      Path file, CsvColumns columns, IngestOptions options, ProgressListener progress) {
    CsvInteractions reader = new CsvInteractions(options, progress);
    InteractionLog log = new InteractionLog();
    long lines = reader.readInteractions(file, columns, log);
    Source source = new Source("csv", file, null, lines, reader.badLines);
    return new DatasetBuilder(log, options, columns.time() != null).build(source, catalogue -> {});
  }

  /**
   * Reads interactions and what is known of the items.
   *
   * @throws DataException naming file, line and column
   */
  public static IngestResult read(
      Path file,
      CsvColumns columns,
      Path items,
      CsvItemColumns itemColumns,
      IngestOptions options,
      ProgressListener progress) {
    CsvInteractions reader = new CsvInteractions(options, progress);
    InteractionLog log = new InteractionLog();
    long lines = reader.readInteractions(file, columns, log);
    Source source = new Source("csv", file, items, lines, reader.badLines);
    return new DatasetBuilder(log, options, columns.time() != null)
        .build(source, catalogue -> reader.readItems(items, itemColumns, catalogue));
  }

  private long readInteractions(Path file, CsvColumns columns, InteractionLog log) {
    try (CsvTable table = CsvTable.open(file, columns.delimiter(), progress)) {
      int user = table.index(columns.user());
      int item = table.index(columns.item());
      int time = columns.time() == null ? -1 : table.index(columns.time());
      table.forEach(
          badLines,
          row -> {
            String userId = table.id(row, columns.user(), user);
            String itemId = table.id(row, columns.item(), item);
            double at = time < 0 ? log.size() : Times.parse(table, columns.time(), row.get(time));
            log.add(userId, itemId, at);
          });
      return table.lines();
    }
  }

  private void readItems(Path file, CsvItemColumns columns, ItemCatalogue catalogue) {
    try (CsvTable table = CsvTable.open(file, columns.delimiter(), progress)) {
      int item = table.index(columns.item());
      List<Integer> texts = columns.texts().stream().map(table::index).toList();
      List<Integer> images = columns.images().stream().map(table::index).toList();
      Path folder = file.toAbsolutePath().getParent();
      table.forEach(
          badLines,
          row -> {
            String id = table.id(row, columns.item(), item);
            if (!catalogue.wants(id)) {
              return;
            }
            catalogue.put(id, texts.stream().map(row::get).toList());
            List<String> paths =
                images.stream()
                    .map(row::get)
                    .filter(path -> !path.isBlank())
                    .map(path -> path(table, folder, path.strip()))
                    .toList();
            if (!paths.isEmpty()) {
              catalogue.addImages(id, paths);
            }
          });
    }
  }

  private static String path(CsvTable table, Path folder, String path) {
    try {
      return folder.resolve(path).normalize().toString();
    } catch (InvalidPathException e) {
      throw table.error("image column: " + Quoted.of(path) + " is no path");
    }
  }
}
