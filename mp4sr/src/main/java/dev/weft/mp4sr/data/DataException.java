package dev.weft.mp4sr.data;

import java.io.Serial;

/** Data that cannot be used: one line that names file, line and field, and the way out. */
public class DataException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** One line that names what is wrong, where, and what to do. */
  public DataException(String message) {
    super(message);
  }

  /** The same, with what caused it. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
