package dev.weft.nn.text;

import java.io.Serial;

/** A vocabulary that cannot be used: one line that names the file, the place and the way out. */
public class TokenizerException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** One line that names the file and what is wrong with it. */
  public TokenizerException(String message) {
    super(message);
  }

  /** The same, with what caused it. */
  public TokenizerException(String message, Throwable cause) {
    super(message, cause);
  }
}
