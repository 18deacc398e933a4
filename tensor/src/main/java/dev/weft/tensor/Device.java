package dev.weft.tensor;

/**
 * Where a storage lives and its kernels run.
 *
 * @param kind the family of device
 * @param index which one of its family, from 0
 */
public record Device(Kind kind, int index) {

  /** Device families. */
  public enum Kind {
    CPU,
    CUDA
  }

  /** The host processor. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /** The CUDA device with the driver's ordinal {@code index}. */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "cuda:" + index;
  }
}
