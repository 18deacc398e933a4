package dev.weft.bench.jmh;

import dev.weft.bench.compare.Job;
import dev.weft.bench.compare.Kind;
import dev.weft.bench.compare.WeftEngine;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Device;
import dev.weft.tensor.cpu.CpuBackends;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One work in a process of its own. The result's memory comes from the pool and goes back to it, as
 * in a training step; a first run, which allocates it, is warm-up. What would make any of them lie:
 * a neighbour on one of the cores, a clock that falls under vector load, and too short a warm-up,
 * since the Vector API boxes every vector until C2 has compiled the loop.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseParallelGC", "-Xmx4g"})
public abstract class WorkBenchmark {
  /** Which loops. */
  @Param({"simd", "plain"})
  public String backend;

  private Job job;

  /** What is computed. */
  abstract Kind kind();

  /** Chooses the loops, which must not have computed before, and makes the operands. */
  @Setup
  public void prepare() {
    System.setProperty(CpuBackends.PROPERTY, backend);
    String chosen = Backends.of(Device.CPU).name();
    if (!chosen.equals("cpu-" + backend)) {
      throw new IllegalStateException("asked for " + backend + ", got " + chosen);
    }
    job = new WeftEngine().open(kind()).orElseThrow();
  }

  /** The work once. */
  @Benchmark
  public void run() {
    job.run();
  }

  /** Gives back what the work holds. */
  @TearDown
  public void close() {
    job.close();
  }
}
