package dev.weft.nn.fuzz;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs Jazzer, guided by coverage, over every reader of files and texts, in a Java of its own with
 * a small heap, so that memory out of proportion ends it: a number of inputs from a fixed seed.
 * With {@code -Dweft.fuzz.seconds=N} each reader for as long as that; {@code
 * -Dweft.fuzz.only=FuzzImages} one of them. What it finds then lies in {@code target/fuzz}.
 */
class FuzzTest {
  private static final int RUNS = 2500;

  /** Not a limit on an input's computing time, which {@link Guard} has, but on waiting forever. */
  private static final int SECONDS_EACH = 100;

  private static final Integer SECONDS = Integer.getInteger("weft.fuzz.seconds");
  private static final Path FOLDER = Path.of("target", "fuzz").toAbsolutePath();

  static List<Class<?>> targets() {
    String only = System.getProperty("weft.fuzz.only");
    if (only != null) {
      return FuzzAll.TARGETS.stream().filter(t -> t.getSimpleName().equals(only)).toList();
    }
    return SECONDS == null ? List.of(FuzzAll.class) : FuzzAll.TARGETS;
  }

  @ParameterizedTest
  @MethodSource("targets")
  void onlyDocumentedErrors(Class<?> target) throws IOException, InterruptedException {
    assumeTrue(isSupported(), "Jazzer has no native library for this machine");
    Path folder = FOLDER.resolve(target.getSimpleName());
    Path seeds = folder.resolve("seeds");
    if (!Files.exists(seeds)) {
      FuzzSeeds.write(target, seeds);
    }
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    Path log = folder.resolve("log.txt");
    Process process =
        new ProcessBuilder(command(target, folder, seeds, temporary))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .directory(folder.toFile())
            .start();
    long limit = 300L + (SECONDS == null ? 0 : SECONDS);
    boolean ended = process.waitFor(limit, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text = Files.readString(log);
    assertTrue(ended, () -> "no end after " + limit + " s:\n" + text);
    assertEquals(0, process.exitValue(), () -> "found an input, see " + folder + "\n" + text);
    assertTrue(text.contains("DONE"), text);
    readAgain(target, seeds);
    readAgain(target, folder.resolve("corpus"));
  }

  /** What was worth keeping, without the fuzzer, whose own memory would hide the readers'. */
  private static void readAgain(Class<?> target, Path inputs) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(inputs)) {
      files = found.sorted().toList();
    }
    for (Path file : files) {
      byte[] input = Files.readAllBytes(file);
      assertDoesNotThrow(() -> read(target, input), file::toString);
    }
  }

  private static void read(Class<?> target, byte[] input) throws Throwable {
    try {
      target.getMethod("fuzzerTestOneInput", byte[].class).invoke(null, (Object) input);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static boolean isSupported() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch");
    boolean intel = List.of("amd64", "x86_64").contains(processor);
    return system.contains("windows")
        ? intel
        : (system.contains("linux") || system.contains("mac"))
            && (intel || processor.equals("aarch64"));
  }

  private static List<String> command(Class<?> target, Path folder, Path seeds, Path temporary)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx160m",
            "-XX:+UseSerialGC",
            "-XX:-OmitStackTraceInFastThrow",
            "-Djava.awt.headless=true",
            "-D" + Guard.WATCHED + "=true",
            "-Djava.io.tmpdir=" + temporary,
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.getName(),
            "--instrumentation_includes=dev.weft.nn.**:com.twelvemonkeys.**",
            "--reproducer_path=" + folder,
            "-artifact_prefix=" + folder + File.separator,
            "-timeout=" + SECONDS_EACH,
            "-rss_limit_mb=0"));
    if (SECONDS == null) {
      command.addAll(List.of("-seed=1", "-runs=" + RUNS));
    } else {
      command.add("-max_total_time=" + SECONDS);
    }
    // What is new stays, for the next run to begin with.
    command.add(Files.createDirectories(folder.resolve("corpus")).toString());
    command.add(seeds.toString());
    return command;
  }
}
