package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Libraries written in C that stand in for NVIDIA's, and processes that run on them: the way
 * through JCuda to native code and back, where there is no card.
 */
final class StandIn {
  private static final Path SOURCES = Path.of("src/test/c");

  private final Path folder;

  private StandIn(Path folder) {
    this.folder = folder;
  }

  /** The driver alone; skips the test, saying why, where it cannot be built. */
  static StandIn driver(Path folder) throws IOException, InterruptedException {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "the stand-in libraries are built on Linux for x86-64 only");
    StandIn standIn = new StandIn(folder);
    standIn.compile("libcuda.so.1", "libcuda.c");
    return standIn;
  }

  /** The driver and cuBLAS. */
  static StandIn driverAndCublas(Path folder) throws IOException, InterruptedException {
    StandIn standIn = driver(folder);
    standIn.compile(
        "libcublas.so.12",
        "libcublas.c",
        "-Wl,-soname,libcublas.so.12",
        "-Wl,--version-script," + SOURCES.resolve("libcublas.map"),
        "-lm",
        "-ldl");
    return standIn;
  }

  private void compile(String library, String source, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-Wall", "-Wextra"));
    command.addAll(
        List.of("-O1", "-o", "" + folder.resolve(library), "" + SOURCES.resolve(source)));
    command.addAll(List.of(options));
    Process gcc;
    try {
      gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "gcc is not there to build " + library + ": " + e.getMessage());
      return;
    }
    String said = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, gcc.waitFor(), said);
    assertEquals("", said);
  }

  /**
   * The last line that a process says whose libraries are these.
   *
   * @param main a class with a main method
   * @param scenario its argument
   * @param environment what the libraries shall do; see their sources
   */
  String run(Class<?> main, String scenario, Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath(), main.getName(), scenario));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LD_LIBRARY_PATH", folder.toString());
    builder.environment().put("WEFT_STAND_IN_LOG", log().toString());
    builder.environment().putAll(environment);
    Files.deleteIfExists(log());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    List<String> lines = output.lines().toList();
    return lines.isEmpty() ? "" : lines.getLast();
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
        .replace(File.pathSeparator + File.pathSeparator, File.pathSeparator);
  }

  private Path log() {
    return folder.resolve("calls.txt");
  }

  /** Every call of the last process with the status that it got, in order. */
  List<String> calls() throws IOException {
    return Files.readAllLines(log());
  }
}
