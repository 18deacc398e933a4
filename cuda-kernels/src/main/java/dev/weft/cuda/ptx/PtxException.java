package dev.weft.cuda.ptx;

/** PTX that cannot be read, or a fault of a running kernel; the message names the line. */
public final class PtxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A fault without a place. */
  public PtxException(String message) {
    super(message);
  }

  /** A fault at a line of the PTX text, from 1. */
  public PtxException(int line, String message) {
    super("line " + line + ": " + message);
  }
}
