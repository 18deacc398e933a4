package dev.weft.mp4sr.cli;

import dev.weft.cuda.CudaBackend;
import dev.weft.cuda.CudaDevice;
import dev.weft.cuda.CudaLibrary;
import dev.weft.cuda.CudaProbe;
import dev.weft.cuda.CudaProvider;
import dev.weft.nn.Placement;
import dev.weft.tensor.Backend;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Device;
import dev.weft.tensor.cpu.Threads;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * What a machine computes with.
 *
 * @param version our version
 * @param java the Java runtime and its version
 * @param system operating system and architecture
 * @param processors processors that this process may use
 * @param threads threads that kernels share
 * @param backend name of the processor's backend
 * @param simdBits width of the Vector API's preferred vector, 0 without the Vector API
 * @param heapBytes how far the heap may grow
 * @param cuda what there is of CUDA
 * @param device what this run computes with, by the name of its backend
 * @param products what multiplies matrices on a CUDA device; empty where this run has none
 */
record MachineInfo(
    String version,
    String java,
    String system,
    int processors,
    int threads,
    String backend,
    int simdBits,
    long heapBytes,
    CudaProbe cuda,
    String device,
    String products) {

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  static MachineInfo here() {
    Backend computing = Backends.of(Placement.device());
    return new MachineInfo(
        Main.Version.text(),
        System.getProperty("java.vendor") + " " + Runtime.version(),
        "%s %s, %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
        Runtime.getRuntime().availableProcessors(),
        Threads.count(),
        Backends.of(Device.CPU).name(),
        ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent() ? VectorWidth.bits() : 0,
        Runtime.getRuntime().maxMemory(),
        CudaProbe.run(),
        computing.name(),
        computing instanceof CudaBackend cuda ? cuda.products() : "");
  }

  void print(PrintWriter out) {
    line(out, "mp4sr", version);
    line(out, "java", java);
    line(
        out,
        "system",
        "%s; %d processors, heap up to %s".formatted(system, processors, gibibytes(heapBytes)));
    line(out, "cpu", "%s, %s, %d threads".formatted(backend, vectors(), threads));
    line(out, "cuda", told(cuda.driver(), "driver for CUDA " + cuda.driver().version()));
    for (CudaDevice device : cuda.devices()) {
      line(
          out,
          "  cuda:" + device.index(),
          "%s, %s, compute capability %s, %d multiprocessors"
              .formatted(
                  device.name(),
                  gibibytes(device.memoryBytes()),
                  device.computeCapability(),
                  device.multiprocessors()));
    }
    line(out, "cublas", told(cuda.cublas(), cuda.cublas().version()));
    line(out, "device", device);
    if (!products.isEmpty()) {
      line(out, "products", products);
    }
  }

  /** What one may want to know of a CUDA device and cannot see; an architecture test holds it. */
  void printDetails(PrintWriter out) {
    line(
        out,
        "on cuda",
        "every primitive; products through cuBLAS where it can be used, else by our own kernels (-D%s=own|cublas|auto)"
            .formatted(CudaProvider.PRODUCTS_PROPERTY));
  }

  private String vectors() {
    return simdBits == 0
        ? "no SIMD: start java with --add-modules " + VECTOR_MODULE
        : "vectors of %d bits (%d floats)".formatted(simdBits, simdBits / Float.SIZE);
  }

  private static String told(CudaLibrary library, String found) {
    return library.found() ? found : "not available: " + library.reason();
  }

  private static String gibibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }

  private static void line(PrintWriter out, String name, String value) {
    out.println("%-10s %s".formatted(name, value));
  }
}
