package dev.weft.bench.jmh;

import dev.weft.bench.compare.Kind;
import org.openjdk.jmh.annotations.Param;

/**
 * Layer norm of 8192 rows of 768, BERT's width. Backward gives three gradients, two of them sums
 * over all rows. What would make it lie: 24 MiB fit into the last cache of a large machine, and
 * then the figure is the cache's.
 */
public class LayerNormBenchmark extends WorkBenchmark {
  /** Forward, or backward from saved means and deviations. */
  @Param({"FORWARD", "BACKWARD"})
  public Kind.Pass pass;

  @Override
  Kind kind() {
    return new Kind.LayerNorm(8192, 768, pass);
  }
}
