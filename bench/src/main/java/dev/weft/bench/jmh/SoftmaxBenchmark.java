package dev.weft.bench.jmh;

import dev.weft.bench.compare.Kind;
import org.openjdk.jmh.annotations.Param;

/**
 * Softmax of 4096 rows of 4096. It reads and writes 64 MiB each, backward reads 128, so {@link
 * CopyBenchmark} is what it can come close to at best. What would make it lie: rows so short that
 * they stay in a cache that a real model has filled with something else.
 */
public class SoftmaxBenchmark extends WorkBenchmark {
  /** Forward, or backward from the result. */
  @Param({"FORWARD", "BACKWARD"})
  public Kind.Pass pass;

  @Override
  Kind kind() {
    return new Kind.Softmax(4096, 4096, pass);
  }
}
