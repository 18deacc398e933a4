package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.data.DataException;

/** Counts malformed lines up to a limit; the one beyond it is an error. */
final class BadLines {
  private final long limit;
  private long count;

  BadLines(long limit) {
    this.limit = limit;
  }

  /** Takes note of a malformed line, or throws. */
  void add(MalformedLine error) {
    count++;
    if (count > limit) {
      if (limit == 0) {
        throw error;
      }
      throw new DataException(
          error.getMessage() + " (malformed line number " + count + ", limit " + limit + ")",
          error);
    }
  }

  long count() {
    return count;
  }
}
