package dev.weft.bench.jmh;

import dev.weft.bench.compare.Kind;
import org.openjdk.jmh.annotations.Param;

/**
 * A copy into memory of the pool: the bandwidth that row kernels are held against. What would make
 * it lie: fresh memory, whose first touch costs more than the copy.
 */
public class CopyBenchmark extends WorkBenchmark {
  /** Rows x columns. */
  @Param({"4096x4096", "8192x768", "8192x3072"})
  public String shape;

  @Override
  Kind kind() {
    String[] sizes = shape.split("x", 2);
    return new Kind.Copy(Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]));
  }
}
