package dev.weft.mp4sr.eval;

import java.io.Serial;

/** An evaluation that cannot be done: one line that names what is wrong and the way out. */
public class EvalException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** One line that names what is wrong and what to do. */
  public EvalException(String message) {
    super(message);
  }
}
