package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way through JCuda to the driver, where there is no card: a driver of a few hundred lines of C
 * stands in, which holds memory, computes one kernel, wants what the driver wants and fails as it
 * fails. What it does not show is a card.
 */
class StandInDriverTest {
  private static final Path SOURCE = Path.of("src/test/c/libcuda.c");

  @TempDir private static Path folder;

  @BeforeAll
  static void compile() throws IOException, InterruptedException {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "the stand-in driver is built on Linux for x86-64 only");
    Path library = folder.resolve("libcuda.so.1");
    List<String> command =
        List.of("gcc", "-shared", "-fPIC", "-Wall", "-Wextra", "-o", "" + library, "" + SOURCE);
    Process gcc;
    try {
      gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "gcc is not there to build the stand-in driver: " + e.getMessage());
      return;
    }
    String said =
        new String(gcc.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertEquals(0, gcc.waitFor(), said);
    assertEquals("", said);
  }

  /** The last line that a process says whose driver is the stand-in. */
  private static String run(String scenario, String wrong, String... options)
      throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath(), StandInDriverMain.class.getName(), scenario));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LD_LIBRARY_PATH", folder.toString());
    builder.environment().put("WEFT_STAND_IN", wrong);
    builder.environment().put("WEFT_STAND_IN_LOG", log().toString());
    Files.deleteIfExists(log());
    Process process = builder.start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    List<String> lines = output.lines().toList();
    return lines.isEmpty() ? "" : lines.getLast();
  }

  private static Path log() {
    return folder.resolve("calls.txt");
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
        .replace(File.pathSeparator + File.pathSeparator, File.pathSeparator);
  }

  @Test
  void copiesArriveAndMemoryIsGivenBack() throws Exception {
    assertEquals("same true, zero true, freed 600000", run("roundtrip", "none"));
    List<String> calls = Files.readAllLines(log());
    assertTrue(calls.stream().allMatch(call -> call.endsWith(" 0")), calls.toString());
    assertEquals(100, calls.stream().filter(c -> c.startsWith("cuMemcpyHtoDAsync")).count());
    // Nobody waits for a copy up unless its half of the buffer is wanted again: 13 fit into one.
    assertEquals(7, calls.stream().filter(c -> c.startsWith("cuEventSynchronize")).count());
    assertEquals("cuDevicePrimaryCtxRelease 0", calls.getLast());
  }

  @Test
  void aKernelGetsItsArguments() throws Exception {
    assertEquals("Stand-in 86 [0.0, 2.0, 0.0, 4.0]", run("kernel", "none"));
  }

  @Test
  void everyThreadHasTheContext() throws Exception {
    assertEquals("second thread 1.5", run("threads", "none"));
  }

  @Test
  void noDevice() throws Exception {
    assertEquals("CudaException: the NVIDIA driver lists no device", run("kernel", "no-device"));
  }

  @Test
  void aDeviceThatIsTooOld() throws Exception {
    assertEquals(
        "CudaException: Stand-in is too old: compute capability 6.6, and 7.5 (Turing) is the least",
        run("kernel", "old-device"));
  }

  @Test
  void ptxThatTheDriverRefuses() throws Exception {
    assertEquals(
        "CudaException: the driver (CUDA 12.4) refuses the PTX of unary for Stand-in, compute"
            + " capability 8.6: CUDA_ERROR_UNSUPPORTED_PTX_VERSION (the provided PTX was compiled"
            + " with an unsupported toolchain.); a newer driver may take it: ptxas application ptx"
            + " input, line 5; fatal : Unsupported .version 7.0",
        run("kernel", "ptx"));
  }

  @Test
  void aKernelThatFaults() throws Exception {
    String fault = "CUDA_ERROR_ILLEGAL_ADDRESS (an illegal memory access was encountered)";
    assertEquals(
        "CudaException: Stand-in: cuStreamSynchronize: "
            + fault
            + " (last kernel queued: unary.relu_dense; -Dweft.cuda.wait=true finds the kernel)",
        run("kernel", "fault"));
    assertEquals(
        "CudaException: Stand-in: cuStreamSynchronize: "
            + fault
            + " (last kernel queued: unary.relu_dense)",
        run("kernel", "fault", "-Dweft.cuda.wait=true"));
  }

  @Test
  void memoryThatIsNotThere() throws Exception {
    assertEquals(
        "CudaException: cuda:0: out of memory: 1,000,000 bytes asked; 0 held by open scopes,"
            + " 200,000 by other tensors; 848,576 of 1,048,576 free on the device",
        run("memory", "none"));
  }
}
