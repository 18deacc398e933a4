package dev.weft.nn.checkpoint;

import java.io.Serial;

/** A checkpoint that cannot be used: one line that names the file, the field and the way out. */
public class CheckpointException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** One line that names the file and what is wrong with it. */
  public CheckpointException(String message) {
    super(message);
  }

  /** The same, with what caused it. */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
