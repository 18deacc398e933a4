package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.data.DataException;
import java.io.Serial;

/** One line that cannot be used; the lines after it may be fine. */
final class MalformedLine extends DataException {
  @Serial private static final long serialVersionUID = 1L;

  MalformedLine(String message) {
    super(message);
  }
}
