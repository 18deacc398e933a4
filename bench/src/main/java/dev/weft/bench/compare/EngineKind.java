package dev.weft.bench.compare;

import java.lang.reflect.InvocationTargetException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The engines that are compared. Those of others are compiled with the profile {@code peers} only,
 * so they are named here and found by reflection.
 */
public enum EngineKind {
  WEFT("Weft", "dev.weft.bench.compare.WeftEngine"),
  PYTORCH("PyTorch", "dev.weft.bench.peers.PyTorchEngine"),
  /**
   * The same with an allocator that keeps what is freed, in huge pages, as PyTorch's tuning guide
   * advises: by default a result of megabytes is mapped and unmapped each time, and its page faults
   * may cost more than the work.
   */
  PYTORCH_TUNED("PyTorch, tuned malloc", "dev.weft.bench.peers.PyTorchEngine"),
  ONNXRUNTIME("ONNX Runtime", "dev.weft.bench.peers.OnnxRuntimeEngine"),
  ND4J("ND4J", "dev.weft.bench.peers.Nd4jEngine");

  private final String label;
  private final String className;

  EngineKind(String label, String className) {
    this.label = label;
    this.className = className;
  }

  /** Whether it runs as it is after its installation. */
  boolean asInstalled() {
    return this != PYTORCH_TUNED;
  }

  /** What the table calls it. */
  String label() {
    return label;
  }

  /** What peers' thread pools, and glibc's malloc, read from the environment. */
  Map<String, String> environment(int threads) {
    String count = Integer.toString(threads);
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("OMP_NUM_THREADS", count);
    variables.put("MKL_NUM_THREADS", count);
    variables.put("OPENBLAS_NUM_THREADS", count);
    if (this == PYTORCH_TUNED) {
      variables.put("MALLOC_ARENA_MAX", "1");
      variables.put("MALLOC_MMAP_MAX_", "0");
      variables.put("MALLOC_TRIM_THRESHOLD_", Long.toString(1L << 40));
      variables.put("MALLOC_TOP_PAD_", Long.toString(1L << 28));
      variables.put("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
    }
    return variables;
  }

  /**
   * The engine, in this process.
   *
   * @throws IllegalStateException if this build has it not, or it does not start here
   */
  Engine start() {
    try {
      return Class.forName(className)
          .asSubclass(Engine.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(label + " is not in this build: it needs -Ppeers", e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(label + " does not start: " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(label + " cannot be made", e);
    }
  }
}
