package dev.weft.bench.compare;

import java.nio.file.Path;
import java.util.List;

/**
 * How a comparison runs.
 *
 * @param engines in this order within a round
 * @param threads for every engine
 * @param backend which loops of ours
 * @param jvmOptions more options for the JVM of ours
 * @param rounds how many times each engine has its turn at a work
 * @param warmUpSeconds untimed, for each engine and work
 * @param warmUpRuns untimed at least: of a training step there are few in any number of seconds
 * @param blockSeconds timed, for each turn
 * @param pauseSeconds of silence before a turn, in which the last engine's threads stop spinning
 * @param models the folder of the models that the peers read
 * @param output the folder of logs and reports
 */
record Settings(
    List<EngineKind> engines,
    int threads,
    LoopKind backend,
    List<String> jvmOptions,
    int rounds,
    double warmUpSeconds,
    int warmUpRuns,
    double blockSeconds,
    double pauseSeconds,
    Path models,
    Path output) {

  /** Which loops of ours. */
  enum LoopKind {
    /** The Vector API's. */
    SIMD,
    /** Those of a process that was started without its module. */
    PLAIN;

    List<String> jvmArguments() {
      return switch (this) {
        case SIMD -> List.of("--add-modules", "jdk.incubator.vector", "-Dweft.backend=simd");
        case PLAIN -> List.of("-Dweft.backend=plain");
      };
    }
  }
}
