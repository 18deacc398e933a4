package dev.weft.bench.jmh;

import dev.weft.bench.compare.Kind;
import org.openjdk.jmh.annotations.Param;

/**
 * One step of MP4SR's pre-training: batch 256, histories of 50, features of width 768, hidden size
 * 256, 8 experts, 2 layers; loss, gradients, clipping, Adam. The batch is always the same, so
 * caches are kinder than in a training, and full histories are more work than most.
 */
public class M2seStepBenchmark extends WorkBenchmark {
  /** Of embeddings, attention and experts. */
  @Param({"0.2", "0"})
  public double dropout;

  @Override
  Kind kind() {
    return new Kind.M2seStep(dropout);
  }
}
