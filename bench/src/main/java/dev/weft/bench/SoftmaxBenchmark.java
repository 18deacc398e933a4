package dev.weft.bench;

import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Softmax over the rows of an F32 matrix of 4096 × 4096, the result's allocation included. It reads
 * and writes 64 MiB each, so a copy of that matrix is what it can come close to at best.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx2g"})
public class SoftmaxBenchmark {
  private static final int SIDE = 4096;

  /** Which loops. */
  @Param({"simd", "plain"})
  public String backend;

  private Tensor x;

  /** A random matrix. */
  @Setup
  public void prepare() {
    Backend.choose(backend);
    x = Ops.randomNormal(DType.F32, Shape.of(SIDE, SIDE), new RandomKey(1, 1));
  }

  /** One softmax. */
  @Benchmark
  public Tensor softmax() {
    try (var _ = dev.weft.tensor.Scope.open()) {
      return Ops.softmax(x, 1);
    }
  }

  /** The same bytes moved and nothing computed. */
  @Benchmark
  public Tensor copy() {
    try (var _ = dev.weft.tensor.Scope.open()) {
      return Ops.copy(x);
    }
  }
}
