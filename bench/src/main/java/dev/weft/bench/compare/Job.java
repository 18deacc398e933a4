package dev.weft.bench.compare;

/** A work that is ready to run any number of times. */
public interface Job extends AutoCloseable {
  /** The work once, its result allocated and given back as the engine's users do it. */
  void run();

  /**
   * The work once more, for its numbers: all results one after the other, in row-major order. Asked
   * once, before the first {@link #run}.
   */
  float[] result();

  @Override
  default void close() {}
}
