package dev.weft.mp4sr.train;

import java.io.Serial;

/** A training that cannot start or go on: one line that names what is wrong and the way out. */
public class TrainException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** One line that names what is wrong and what to do. */
  public TrainException(String message) {
    super(message);
  }

  /** The same, with what caused it. */
  public TrainException(String message, Throwable cause) {
    super(message, cause);
  }
}
