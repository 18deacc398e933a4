package dev.weft.cuda;

import static dev.weft.cuda.CudaStatus.check;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/** A CUDA graph of what a stream was given. */
final class JcudaGraph implements Captured {
  private final JcudaGpu gpu;
  private final CUstream stream;
  private final CUgraph graph = new CUgraph();
  private final CUgraphExec executable = new CUgraphExec();
  private int size;

  /** Starts to note, in the device's lock. */
  JcudaGraph(JcudaGpu gpu, CUstream stream) {
    this.gpu = gpu;
    this.stream = stream;
    // Relaxed: other threads of the process may allocate and load as they like.
    check(
        "cuStreamBeginCapture",
        JCudaDriver.cuStreamBeginCapture(
            stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED));
  }

  /** Ends without a graph, whatever has gone wrong. */
  void abandon() {
    JCudaDriver.cuStreamEndCapture(stream, graph);
    JCudaDriver.cuGraphDestroy(graph);
  }

  /** Ends with one. */
  void finish() {
    check("cuStreamEndCapture", JCudaDriver.cuStreamEndCapture(stream, graph));
    try {
      long[] count = new long[1];
      check("cuGraphGetNodes", JCudaDriver.cuGraphGetNodes(graph, null, count));
      size = Math.toIntExact(count[0]);
      check("cuGraphInstantiate", JCudaDriver.cuGraphInstantiate(executable, graph, 0));
    } catch (RuntimeException e) {
      JCudaDriver.cuGraphDestroy(graph);
      throw e;
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void launch() {
    gpu.locked(
        "a graph", () -> check("cuGraphLaunch", JCudaDriver.cuGraphLaunch(executable, stream)));
  }

  @Override
  public void close() {
    gpu.locked(
        "a graph",
        () -> {
          check("cuGraphExecDestroy", JCudaDriver.cuGraphExecDestroy(executable));
          check("cuGraphDestroy", JCudaDriver.cuGraphDestroy(graph));
        });
  }
}
