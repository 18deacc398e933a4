package dev.weft.mp4sr.data.ingest;

/** A place in a file, to be named in errors. */
interface Location {
  /** What is wrong with the line read last. */
  MalformedLine error(String message);
}
