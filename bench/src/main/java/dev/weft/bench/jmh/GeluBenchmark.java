package dev.weft.bench.jmh;

import dev.weft.bench.compare.Kind;
import org.openjdk.jmh.annotations.Param;

/**
 * GELU by erf of 8192 x 3072 normal numbers. What would make it lie: inputs that all take the same
 * branch of erf's approximation, as zeros do.
 */
public class GeluBenchmark extends WorkBenchmark {
  /** Forward, or backward from the input. */
  @Param({"FORWARD", "BACKWARD"})
  public Kind.Pass pass;

  @Override
  Kind kind() {
    return new Kind.Gelu(8192, 3072, pass);
  }
}
