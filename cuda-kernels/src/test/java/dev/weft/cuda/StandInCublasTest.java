package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way through JCublas2 where there is no cuBLAS: a library in C stands in for it, which makes
 * products by their definition and refuses what cuBLAS refuses. What it does not show is a card.
 */
class StandInCublasTest {
  @TempDir private static Path folder;
  private static StandIn standIn;

  @BeforeAll
  static void compile() throws IOException, InterruptedException {
    standIn = StandIn.driverAndCublas(folder);
  }

  private static String run(String scenario, String wrong, String... options)
      throws IOException, InterruptedException {
    Map<String, String> goes = Map.of("WEFT_STAND_IN", wrong, "WEFT_STAND_IN_MEGABYTES", "64");
    return standIn.run(StandInCublasMain.class, scenario, goes, options);
  }

  private static long count(List<String> calls, String part) {
    return calls.stream().filter(call -> call.contains(part)).count();
  }

  @Test
  void productsOfEveryTypeAndLayoutAreTheReferences() throws Exception {
    assertEquals("480 products agree", run("products", "none"));
    List<String> calls = standIn.calls();
    assertTrue(calls.stream().allMatch(call -> call.endsWith(" 0")), calls.toString());
    assertEquals(0, count(calls, "cuLaunchKernel"), "no kernel of ours has multiplied");
    assertEquals(1, count(calls, "cublasSetWorkspace"), "the workspace is set once");
    for (String way : List.of(" NN ", " NT ", " TN ", " TT ")) {
      assertTrue(count(calls, way) > 20, way);
    }
    for (int compute : new int[] {68, 70, 75, 77}) {
      assertTrue(count(calls, " compute " + compute + " ") > 20, "compute type " + compute);
    }
    assertTrue(count(calls, "cublasGemmEx") > 100);
    assertTrue(count(calls, "cublasGemmStridedBatchedEx") > 100);
  }

  @Test
  void whoMultipliesIsSaid() throws Exception {
    assertEquals("cuBLAS 12.6.4", run("which", "none"));
    assertEquals("our own kernels", run("which", "none", "-Dweft.cuda.products=own"));
    String unknown = run("which", "none", "-Dweft.cuda.products=mine");
    assertEquals(
        "CudaException: -Dweft.cuda.products=mine: unknown; known: own, cublas, auto", unknown);
  }

  @Test
  void everythingIsGivenBack() throws Exception {
    assertEquals("cuBLAS 12.6.4", run("close", "none"));
    List<String> calls = standIn.calls();
    assertEquals(1, count(calls, "cublasDestroy"));
    assertEquals(count(calls, "cuMemAlloc 0"), count(calls, "cuMemFree 0"));
  }

  @Test
  void cublasThatDoesNotStart() throws Exception {
    String reason = "cuBLAS 12.6.4 does not start: cublasCreate: CUBLAS_STATUS_NOT_INITIALIZED";
    assertEquals("our own kernels; " + reason, run("which", "cublas-create"));
    assertEquals(
        "CudaException: -Dweft.cuda.products=cublas: "
            + reason
            + "; -Dweft.cuda.products=auto goes on with our own kernels",
        run("which", "cublas-create", "-Dweft.cuda.products=cublas"));
  }

  @Test
  void aProductThatFails() throws Exception {
    String said = run("products", "cublas-execution");
    assertTrue(said.startsWith("CudaException: Stand-in: cublasGemm"), said);
    assertTrue(said.contains("FLOAT32["), said);
    assertTrue(
        said.contains(
            "CUBLAS_STATUS_EXECUTION_FAILED; -Dweft.cuda.products=own multiplies with our own"),
        said);
  }

  @Test
  void cublasThatIsNotThere() throws Exception {
    Path hidden = folder.resolve("hidden");
    Path library = folder.resolve("libcublas.so.12");
    Files.move(library, hidden);
    try {
      String reason =
          "cuBLAS is not installed: libcublas.so.12 was not found; it comes with the CUDA toolkit"
              + " 12 or the Python package nvidia-cublas-cu12, whose folder LD_LIBRARY_PATH must"
              + " name";
      assertEquals("our own kernels; " + reason, run("which", "none"));
      String refused = run("which", "none", "-Dweft.cuda.products=cublas");
      assertTrue(refused.startsWith("CudaException: -Dweft.cuda.products=cublas: " + reason));
    } finally {
      Files.move(hidden, library);
    }
  }
}
