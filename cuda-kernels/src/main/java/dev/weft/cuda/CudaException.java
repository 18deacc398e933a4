package dev.weft.cuda;

/** A device refused something: no memory, PTX that it does not take, a fault in a kernel. */
public final class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What was asked, and what the device said. */
  public CudaException(String message) {
    super(message);
  }

  /** The same, with what went wrong below. */
  public CudaException(String message, Throwable cause) {
    super(message, cause);
  }
}
