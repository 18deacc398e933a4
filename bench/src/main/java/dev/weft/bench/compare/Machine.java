package dev.weft.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where it was measured.
 *
 * @param cpu the processor's model
 * @param cores that this process may use
 * @param simd the widest vector instructions that the processor has
 * @param system operating system and architecture
 * @param java the runtime of ours and of the peers' callers
 */
record Machine(String cpu, int cores, String simd, String system, String java) {
  private static final Path CPUS = Path.of("/proc/cpuinfo");

  static Machine here() {
    return new Machine(
        field("model name"),
        Runtime.getRuntime().availableProcessors(),
        simd(" " + field("flags") + " "),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        System.getProperty("java.vendor") + " " + Runtime.version());
  }

  private static String simd(String flags) {
    if (flags.contains(" avx512f ")) {
      return "AVX-512";
    }
    return flags.contains(" avx2 ") ? "AVX2" : "other";
  }

  /** Of the first processor, where Linux tells; else "unknown". */
  private static String field(String name) {
    try (Stream<String> lines = Files.lines(CPUS)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
