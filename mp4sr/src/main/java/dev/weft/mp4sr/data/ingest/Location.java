package dev.weft.mp4sr.data.ingest;

/** A place in a file, to be named in errors. */
interface Location {
  /** What is wrong with the line read last. */
  MalformedLine error(String message);

  /** An id as it is; one that is longer than any is malformed. */
  default String fitting(String column, String id) {
    if (id.length() > LONGEST_ID) {
      throw error(column + ": an id of " + id.length() + " characters: " + Quoted.of(id));
    }
    return id;
  }

  /** In UTF-8 at most three times as many bytes, which {@link IdTable} can hold. */
  int LONGEST_ID = IdTable.LONGEST / 3;
}
