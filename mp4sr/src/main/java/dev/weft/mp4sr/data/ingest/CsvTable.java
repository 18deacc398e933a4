package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/** A CSV file (RFC 4180) with a header, plain or gzip, read record by record. */
final class CsvTable implements Location, AutoCloseable {
  private static final long REPORT_EVERY = 4096;
  private static final long LONGEST_RECORD = 1 << 24;

  private final InputFile input;
  private final RecordReader reader;
  private final CSVParser parser;

  private CsvTable(InputFile input, RecordReader reader, CSVParser parser) {
    this.input = input;
    this.reader = reader;
    this.parser = parser;
  }

  /** Ends a record that does not end, as after a quote that nothing closes, before memory does. */
  private static final class RecordReader extends FilterReader {
    private long sinceRecord;

    RecordReader(Reader in) {
      super(in);
    }

    @Override
    public int read(char[] chars, int from, int length) throws IOException {
      int read = super.read(chars, from, length);
      sinceRecord += Math.max(read, 0);
      if (sinceRecord > LONGEST_RECORD) {
        throw new CSVException(
            "a record of more than %d characters: is a quote not closed?", LONGEST_RECORD);
      }
      return read;
    }
  }

  static CsvTable open(Path file, char delimiter, ProgressListener progress) {
    InputFile input = InputFile.open(file, progress);
    try {
      // A decoder rather than a charset: bytes that are no UTF-8 are an error, not a question mark.
      RecordReader reader =
          new RecordReader(
              new InputStreamReader(input.stream(), StandardCharsets.UTF_8.newDecoder()));
      return new CsvTable(input, reader, format(delimiter).parse(reader));
    } catch (IOException e) {
      input.close();
      throw InputFile.broken(file.toString(), e);
    } catch (IllegalArgumentException e) {
      input.close();
      throw new DataException(file + ":1: header: " + e.getMessage(), e);
    }
  }

  private static CSVFormat format(char delimiter) {
    return CSVFormat.RFC4180
        .builder()
        .setDelimiter(delimiter)
        .setHeader()
        .setSkipHeaderRecord(true)
        .setIgnoreEmptyLines(true)
        .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
        .get();
  }

  /** Index of a column. */
  int index(String column) {
    List<String> names = parser.getHeaderNames();
    for (int i = 0; i < names.size(); i++) {
      // Spreadsheets put a byte order mark before the first name.
      if (names.get(i).replace("\uFEFF", "").equals(column)) {
        return i;
      }
    }
    throw new DataException(
        "%s:1: header: no column %s; there are %s"
            .formatted(input.file(), column, String.join(", ", names)));
  }

  /** Hands over every record; malformed ones are counted. */
  void forEach(BadLines badLines, Consumer<CSVRecord> consumer) {
    try {
      for (CSVRecord row : parser) {
        reader.sinceRecord = 0;
        try {
          check(row);
          consumer.accept(row);
        } catch (MalformedLine e) {
          badLines.add(e);
        }
      }
    } catch (UncheckedIOException e) {
      throw failed(e.getCause());
    }
  }

  private void check(CSVRecord row) {
    if (row.getRecordNumber() % REPORT_EVERY == 0) {
      input.report();
    }
    int columns = parser.getHeaderNames().size();
    if (row.size() != columns) {
      throw error(row.size() + " columns, the header names " + columns);
    }
  }

  private DataException failed(IOException cause) {
    String where = input.file() + ":" + lines();
    if (cause instanceof CSVException) {
      return new DataException(where + ": not CSV: " + cause.getMessage(), cause);
    }
    return InputFile.broken(where, cause);
  }

  /** A cell that must not be blank. */
  String id(CSVRecord row, String column, int index) {
    String cell = row.get(index);
    if (cell.isBlank()) {
      throw error("column " + column + ": is empty");
    }
    return fitting("column " + column, cell);
  }

  /** Lines read so far. */
  long lines() {
    return parser.getCurrentLineNumber();
  }

  @Override
  public MalformedLine error(String message) {
    return new MalformedLine(input.file() + ":" + lines() + ": " + message);
  }

  @Override
  public void close() {
    input.close();
  }
}
