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
 * F32 matrix products, [m, k] × [k, n], the result's allocation included: GFLOP/s are {@code 2 m k
 * n / time}. What would make it lie: a machine whose clock falls under vector load, and other work
 * on its cores.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx2g"})
public class MatmulBenchmark {
  /** Which loops. */
  @Param({"simd", "plain"})
  public String backend;

  /** m × k × n. */
  @Param({"512x512x512", "1024x1024x1024", "2048x2048x2048", "128x3072x768", "1024x768x768"})
  public String shape;

  private Tensor a;
  private Tensor b;

  /** Random operands. */
  @Setup
  public void prepare() {
    Backend.choose(backend);
    String[] sizes = shape.split("x", 3);
    int m = Integer.parseInt(sizes[0]);
    int k = Integer.parseInt(sizes[1]);
    int n = Integer.parseInt(sizes[2]);
    a = Ops.randomNormal(DType.F32, Shape.of(m, k), new RandomKey(1, 1));
    b = Ops.randomNormal(DType.F32, Shape.of(k, n), new RandomKey(1, 2));
  }

  /** One product. */
  @Benchmark
  public Tensor matmul() {
    try (var _ = dev.weft.tensor.Scope.open()) {
      return Ops.matmul(a, b);
    }
  }
}
