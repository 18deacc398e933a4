package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way through JCuda to the driver, where there is no card: a driver of a few hundred lines of C
 * stands in, which holds memory, computes one kernel, wants what the driver wants and fails as it
 * fails. What it does not show is a card.
 */
class StandInDriverTest {
  @TempDir private static Path folder;
  private static StandIn standIn;

  @BeforeAll
  static void compile() throws IOException, InterruptedException {
    standIn = StandIn.driver(folder);
  }

  private static String run(String scenario, String wrong, String... options)
      throws IOException, InterruptedException {
    Map<String, String> goes = Map.of("WEFT_STAND_IN", wrong);
    return standIn.run(StandInDriverMain.class, scenario, goes, options);
  }

  @Test
  void copiesArriveAndMemoryIsGivenBack() throws Exception {
    assertEquals("same true, zero true, freed 600000", run("roundtrip", "none"));
    List<String> calls = standIn.calls();
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
  void workIsTimedByTheDevicesClock() throws Exception {
    assertEquals("4.5 4.5", run("timing", "none"));
    List<String> calls = standIn.calls();
    assertTrue(calls.stream().allMatch(call -> call.endsWith(" 0")), calls.toString());
    // Two of the staging buffer's, two of the timer's.
    assertEquals(4, calls.stream().filter(c -> c.startsWith("cuEventCreate")).count());
    assertEquals(4, calls.stream().filter(c -> c.startsWith("cuEventDestroy")).count());
  }

  @Test
  void aGraphIsNotedAndDoneAgain() throws Exception {
    assertEquals("2 [0.0, 2.0, 0.0, 4.0] [5.0, 0.0, 7.0, 0.0]", run("graph", "none"));
    List<String> calls = standIn.calls();
    assertTrue(calls.stream().allMatch(call -> call.endsWith(" 0")), calls.toString());
    assertEquals(2, calls.stream().filter(c -> c.startsWith("cuGraphLaunch")).count());
    assertEquals(1, calls.stream().filter(c -> c.startsWith("cuGraphExecDestroy")).count());
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
