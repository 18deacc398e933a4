package dev.weft.mp4sr.features;

import java.util.List;

/** What turns a sentence into a vector. */
interface TextEncoder extends AutoCloseable {

  /** Width of a vector. */
  int width();

  /** [sentences, width] row-major. */
  float[] encode(List<String> sentences);

  @Override
  default void close() {}
}
