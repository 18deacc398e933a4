package dev.weft.mp4sr.data.ingest;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Times as files write them. Only their order matters, so numbers are taken as they are. */
final class Times {
  private Times() {}

  /** A finite number. */
  static double number(Location lines, String column, String cell) {
    Double number = finite(cell);
    if (number == null) {
      throw lines.error("column " + column + ": " + Quoted.of(cell) + " is not a number");
    }
    return number;
  }

  /** A number, or an ISO 8601 date or date and time (UTC where no offset is given). */
  static double parse(Location lines, String column, String cell) {
    Double number = finite(cell);
    if (number != null) {
      return number;
    }
    try {
      return seconds(cell.strip().replace(' ', 'T'));
    } catch (DateTimeException e) {
      throw lines.error(
          "column "
              + column
              + ": "
              + Quoted.of(cell)
              + " is neither a number nor a date like 2018-09-30");
    }
  }

  private static Double finite(String cell) {
    try {
      double number = Double.parseDouble(cell);
      return Double.isFinite(number) ? number : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static double seconds(String iso) {
    if (!iso.contains("T")) {
      return LocalDate.parse(iso).toEpochDay() * 86400.0;
    }
    try {
      return OffsetDateTime.parse(iso).toInstant().toEpochMilli() / 1000.0;
    } catch (DateTimeException e) {
      return LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC).toEpochMilli() / 1000.0;
    }
  }
}
