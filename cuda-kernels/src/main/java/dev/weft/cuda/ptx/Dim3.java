package dev.weft.cuda.ptx;

/** Extents of a grid or block, or a place in one. */
public record Dim3(int x, int y, int z) {

  /** Along one axis. */
  public static Dim3 of(int x) {
    return new Dim3(x, 1, 1);
  }

  /** Number of places. */
  public long count() {
    return (long) x * y * z;
  }

  @Override
  public String toString() {
    return "(" + x + ", " + y + ", " + z + ")";
  }
}
