package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import dev.weft.tensor.cpu.HeapStorage;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * What {@link StandInDriverTest} runs in a process of its own, whose driver is the stand-in: the
 * last line on standard output says how it went.
 */
final class StandInDriverMain {
  private StandInDriverMain() {}

  /** The scenario's name. */
  public static void main(String[] args) throws InterruptedException {
    try {
      System.out.println(
          switch (args[0]) {
            case "roundtrip" -> roundTrip();
            case "kernel" -> kernel();
            case "threads" -> threads();
            case "memory" -> memory();
            case "timing" -> timing();
            case "graph" -> graph();
            default -> "unknown scenario";
          });
    } catch (CudaException e) {
      System.out.println("CudaException: " + e.getMessage());
    }
  }

  private static JcudaGpu open() {
    return JcudaGpu.open(0);
  }

  /** More than the staging buffer holds, up, across and down. */
  private static String roundTrip() {
    JcudaGpu gpu = open();
    byte[] numbers = new byte[300_000];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (byte) (i * 31 + i / 1000);
    }
    long first = gpu.allocate(numbers.length);
    long second = gpu.allocate(numbers.length);
    for (int i = 0; i < 100; i++) {
      gpu.upload(MemorySegment.ofArray(numbers), first);
    }
    gpu.copy(first, second, numbers.length);
    gpu.zero(first, numbers.length);
    byte[] back = new byte[numbers.length];
    gpu.download(second, MemorySegment.ofArray(back));
    byte[] zeros = new byte[numbers.length];
    zeros[7] = 1;
    gpu.download(first, MemorySegment.ofArray(zeros));
    long free = gpu.freeBytes();
    gpu.free(first);
    gpu.free(second);
    long freed = gpu.freeBytes() - free;
    gpu.close();
    return "same "
        + Arrays.equals(numbers, back)
        + ", zero "
        + (zeros[7] == 0)
        + ", freed "
        + freed;
  }

  private static String kernel() {
    JcudaGpu gpu = open();
    float[] x = {-1, 2, -3, 4};
    long from = gpu.allocate(16);
    long to = gpu.allocate(16);
    gpu.upload(MemorySegment.ofArray(x), from);
    new Launcher(gpu, "unary").elements("relu_dense", 4, new Arguments().add(from).add(to).add(4));
    gpu.synchronize();
    float[] y = new float[4];
    gpu.download(to, MemorySegment.ofArray(y));
    return gpu.name() + " " + gpu.capability() + " " + Arrays.toString(y);
  }

  /** A second thread uses the device that the first has opened. */
  private static String threads() throws InterruptedException {
    JcudaGpu gpu = open();
    String[] said = {"nothing"};
    Thread other =
        new Thread(
            () -> {
              long address = gpu.allocate(4);
              float[] one = {1.5f};
              gpu.upload(MemorySegment.ofArray(one), address);
              float[] back = new float[1];
              gpu.download(address, MemorySegment.ofArray(back));
              said[0] = "second thread " + back[0];
            });
    other.start();
    other.join();
    return said[0];
  }

  /** Two measurements of two kernels, by events that are used again. */
  private static String timing() {
    JcudaGpu gpu = open();
    CudaBackend backend = new CudaBackend(gpu, Device.cuda(0), MatmulPrecision.FLOAT32);
    Tensor x = Tensor.over(backend.allocate(DType.F32, 8, false), Shape.of(8), 0);
    double first = backend.millis(() -> twice(backend, x));
    double second = backend.millis(() -> twice(backend, x));
    gpu.close();
    return first + " " + second;
  }

  /** Noted once, done with other numbers. */
  private static String graph() {
    JcudaGpu gpu = open();
    CudaBackend backend = new CudaBackend(gpu, Device.cuda(0), MatmulPrecision.FLOAT32);
    Tensor x = Tensor.over(backend.allocate(DType.F32, 4, false), Shape.of(4), 0);
    Tensor y = Tensor.over(backend.allocate(DType.F32, 4, false), Shape.of(4), 0);
    CudaGraph graph =
        backend.capture(
            () -> {
              backend.unary(UnaryOp.RELU, x, y);
              return List.of(y);
            });
    StringBuilder said = new StringBuilder().append(graph.size());
    for (float[] numbers : new float[][] {{-1, 2, -3, 4}, {5, -6, 7, -8}}) {
      backend.upload(HeapStorage.of(DType.F32, numbers), x);
      graph.replay();
      HeapStorage result = backend.download(graph.results().getFirst());
      said.append(' ').append(Arrays.toString(result.floats()));
    }
    graph.close();
    gpu.close();
    return said.toString();
  }

  private static void twice(CudaBackend backend, Tensor x) {
    backend.unary(UnaryOp.RELU, x, x);
    backend.unary(UnaryOp.RELU, x, x);
  }

  /** By way of the tensors: a megabyte is all there is. */
  private static String memory() {
    Device device = Device.cuda(0);
    Tensor kept = Tensor.empty(DType.F32, Shape.of(50_000), device);
    Tensor more = Tensor.empty(DType.F32, Shape.of(250_000), device);
    return Backends.of(device).name() + kept + more;
  }
}
