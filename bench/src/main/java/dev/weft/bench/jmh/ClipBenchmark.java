package dev.weft.bench.jmh;

import dev.weft.bench.compare.Kind;
import org.openjdk.jmh.annotations.Param;

/**
 * The image encoder of CLIP ViT-B/32 in inference on preprocessed pixels, random weights: decoding
 * and resizing are not in it, though they cost as much in practice.
 */
public class ClipBenchmark extends WorkBenchmark {
  /** Images. */
  @Param({"8"})
  public int batch;

  @Override
  Kind kind() {
    return new Kind.ClipImage(batch);
  }
}
