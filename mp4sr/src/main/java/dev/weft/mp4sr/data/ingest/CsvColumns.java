package dev.weft.mp4sr.data.ingest;

import java.util.Objects;

/**
 * Column names of a CSV file of interactions.
 *
 * @param user whose it is
 * @param item what it is with
 * @param time a number or an ISO 8601 date; null: the order of the file is the order of time
 * @param delimiter between cells, such as a comma, semicolon or tab
 */
public record CsvColumns(String user, String item, String time, char delimiter) {
  /** Checks that user and item are named. */
  public CsvColumns {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(item, "item");
  }
}
