package dev.weft.bench.jmh;

import dev.weft.bench.compare.Kind;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Param;

/**
 * F32 matrix products: GFLOP/s are {@code 2 batch m k n / time}. What would make it lie: sizes that
 * are all powers of two, whose columns share few cache sets, or all multiples of a register tile;
 * so 768 is among them, and 127.
 */
public class MatmulBenchmark extends WorkBenchmark {
  /** batch x m x k x n. */
  @Param({
    "1x256x256x256",
    "1x512x512x512",
    "1x1024x1024x1024",
    "1x2048x2048x2048",
    "1x128x768x768",
    "1x128x3072x768",
    "1x128x768x3072",
    "1x1024x768x768",
    "1x127x127x127",
    "96x128x64x128"
  })
  public String shape;

  @Override
  Kind kind() {
    int[] sizes = Arrays.stream(shape.split("x", 4)).mapToInt(Integer::parseInt).toArray();
    return new Kind.Matmul(sizes[0], sizes[1], sizes[2], sizes[3]);
  }
}
