package dev.weft.nn.image;

import java.io.Serial;

/** A picture or its preprocessing that cannot be used: one line that names the file and why. */
public class ImageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** One line that names the file and what is wrong with it. */
  public ImageException(String message) {
    super(message);
  }

  /** The same, with what caused it. */
  public ImageException(String message, Throwable cause) {
    super(message, cause);
  }
}
