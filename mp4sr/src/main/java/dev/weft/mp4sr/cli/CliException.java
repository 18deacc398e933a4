package dev.weft.mp4sr.cli;

import java.io.Serial;

/** A command that cannot be carried out: one line that says why and the way out. */
final class CliException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  CliException(String message) {
    super(message);
  }

  CliException(String message, Throwable cause) {
    super(message, cause);
  }
}
