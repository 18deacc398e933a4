package dev.weft.bench.jmh;

import dev.weft.bench.compare.Kind;
import org.openjdk.jmh.annotations.Param;

/**
 * BERT-base in inference over texts of 128 tokens without padding, random weights. What would make
 * it lie: shorter texts, or a mask that lets positions be left out.
 */
public class BertBenchmark extends WorkBenchmark {
  /** Texts. */
  @Param({"1", "8"})
  public int batch;

  @Override
  Kind kind() {
    return new Kind.Bert(batch, 128);
  }
}
