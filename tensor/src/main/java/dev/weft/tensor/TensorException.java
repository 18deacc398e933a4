package dev.weft.tensor;

import java.io.Serial;

/** A misuse of the engine: the message names the operation, the shapes and the way out. */
public class TensorException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** One line that names the operation, what was given and what to do. */
  public TensorException(String message) {
    super(message);
  }

  /** The same, with what caused it. */
  public TensorException(String message, Throwable cause) {
    super(message, cause);
  }
}
