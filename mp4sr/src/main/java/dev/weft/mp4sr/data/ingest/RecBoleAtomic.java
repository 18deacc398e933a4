package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * RecBole's atomic files: tab-separated, the first line names the columns with their types ({@code
 * user_id:token}, {@code timestamp:float}, {@code title:token_seq}). From the {@code .inter} file
 * user_id, item_id and timestamp are taken; from the {@code .item} file item_id and, as texts in
 * the order of the columns, everything of type token or token_seq.
 */
public final class RecBoleAtomic {
  private static final String TAB = "\t";

  private final IngestOptions options;
  private final ProgressListener progress;
  private final BadLines badLines;

  private RecBoleAtomic(IngestOptions options, ProgressListener progress) {
    this.options = options;
    this.progress = progress;
    this.badLines = new BadLines(options.maxBadLines());
  }

  /**
   * Reads a {@code .inter} file and, where {@code items} is not null, a {@code .item} file.
   *
   * @throws DataException naming file, line and column
   */
  public static IngestResult read(
      Path interactions, Path items, IngestOptions options, ProgressListener progress) {
    return new RecBoleAtomic(options, progress).read(interactions, items);
  }

  private IngestResult read(Path interactions, Path items) {
    InteractionLog log = new InteractionLog();
    long lines = readInteractions(interactions, log);
    Source source = new Source("recbole", interactions, items, lines, badLines);
    return new DatasetBuilder(log, options, true)
        .build(
            source,
            catalogue -> {
              if (items != null) {
                readItems(items, catalogue);
              }
            });
  }

  private long readInteractions(Path file, InteractionLog log) {
    try (TextLines lines = TextLines.open(file, progress)) {
      Header header = Header.read(lines);
      int user = header.index("user_id");
      int item = header.index("item_id");
      int time = header.index("timestamp");
      forEach(
          lines,
          header,
          cells -> {
            String userId = id(lines, "user_id", cells[user]);
            String itemId = id(lines, "item_id", cells[item]);
            log.add(userId, itemId, Times.number(lines, "timestamp", cells[time]));
          });
      return lines.number();
    }
  }

  private void readItems(Path file, ItemCatalogue catalogue) {
    try (TextLines lines = TextLines.open(file, progress)) {
      Header header = Header.read(lines);
      int item = header.index("item_id");
      forEach(
          lines,
          header,
          cells -> {
            String id = id(lines, "item_id", cells[item]);
            if (catalogue.wants(id)) {
              catalogue.put(id, header.texts(cells, item));
            }
          });
    }
  }

  private static String id(TextLines lines, String column, String cell) {
    if (cell.isBlank()) {
      throw lines.error("column " + column + ": is empty");
    }
    return lines.fitting("column " + column, cell);
  }

  /** What to do with the cells of a line. */
  private interface Consumer {
    void accept(String[] cells);
  }

  private void forEach(TextLines lines, Header header, Consumer consumer) {
    for (String text = lines.next(); text != null; text = lines.next()) {
      if (text.isBlank()) {
        continue;
      }
      try {
        String[] cells = text.split(TAB, -1);
        if (cells.length != header.names().size()) {
          throw lines.error(cells.length + " columns, the header names " + header.names().size());
        }
        consumer.accept(cells);
      } catch (MalformedLine e) {
        badLines.add(e);
      }
    }
  }

  /** The typed column names of a file. */
  private record Header(TextLines lines, List<String> names, List<String> types) {
    static Header read(TextLines lines) {
      String text = lines.next();
      if (text == null) {
        throw lines.error("the file is empty; a header such as user_id:token is needed");
      }
      List<String> names = new ArrayList<>();
      List<String> types = new ArrayList<>();
      for (String column : text.split(TAB, -1)) {
        int colon = column.lastIndexOf(':');
        if (colon <= 0) {
          throw lines.error(
              "header: column "
                  + Quoted.of(column)
                  + " has no type; name:token, :float, … are RecBole's");
        }
        names.add(column.substring(0, colon).strip());
        types.add(column.substring(colon + 1).strip());
      }
      return new Header(lines, names, types);
    }

    int index(String name) {
      int index = names.indexOf(name);
      if (index < 0) {
        throw lines.error("header: no column " + name + "; there are " + String.join(", ", names));
      }
      return index;
    }

    List<String> texts(String[] cells, int idColumn) {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < cells.length; i++) {
        boolean isText = types.get(i).equals("token") || types.get(i).equals("token_seq");
        if (i != idColumn && isText) {
          texts.add(cells[i]);
        }
      }
      return texts;
    }
  }
}
