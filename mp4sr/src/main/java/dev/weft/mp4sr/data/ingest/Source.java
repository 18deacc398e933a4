package dev.weft.mp4sr.data.ingest;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Where interactions and items (or null) came from. */
record Source(String format, Path interactions, Path items, long linesRead, BadLines badLines) {
  List<String> files() {
    return Stream.of(interactions, items).filter(Objects::nonNull).map(Path::toString).toList();
  }
}
