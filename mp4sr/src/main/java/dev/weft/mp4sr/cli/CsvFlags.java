package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.data.ingest.CsvColumns;
import dev.weft.mp4sr.data.ingest.CsvItemColumns;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What the columns of CSV files are called. */
final class CsvFlags {
  @Option(
      names = "--user-column",
      paramLabel = "NAME",
      description = "CSV: the user's column (default: user).")
  String user = "user";

  @Option(
      names = "--item-column",
      paramLabel = "NAME",
      description = "CSV: the item's column, in both files (default: item).")
  String item = "item";

  @Option(
      names = "--time-column",
      paramLabel = "NAME",
      description = "CSV: the time's column, a number or ISO date (default: order of the file).")
  String time;

  @Option(
      names = "--text-columns",
      split = ",",
      paramLabel = "NAME",
      description = "CSV: the items' columns that become texts.")
  List<String> texts = new ArrayList<>();

  @Option(
      names = "--image-columns",
      split = ",",
      paramLabel = "NAME",
      description = "CSV: the items' columns with paths of pictures.")
  List<String> images = new ArrayList<>();

  @Option(
      names = "--delimiter",
      paramLabel = "C",
      description = "CSV: what stands between cells, a character or \\t (default: a comma).")
  String delimiter = ",";

  CsvColumns columns(CommandLine command) {
    if (character() < 0) {
      throw new ParameterException(
          command, "--delimiter: \"" + delimiter + "\" is not one character");
    }
    return new CsvColumns(user, item, time, (char) character());
  }

  CsvItemColumns itemColumns() {
    return new CsvItemColumns(item, texts, images, (char) character());
  }

  private int character() {
    if (delimiter.equals("\\t")) {
      return '\t';
    }
    return delimiter.length() == 1 ? delimiter.charAt(0) : -1;
  }
}
