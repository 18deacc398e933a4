package dev.weft.tensor.cpu;

import dev.weft.tensor.Backend;
import dev.weft.tensor.TensorException;

/** Chooses the processor's backend. */
public final class CpuBackends {
  /** System property that names a backend: {@code reference}, {@code plain} or {@code simd}. */
  public static final String PROPERTY = "weft.backend";

  private static final System.Logger LOGGER = System.getLogger(CpuBackends.class.getName());

  private CpuBackends() {}

  /** The backend that {@value #PROPERTY} names, or the fastest that runs here. */
  public static Backend choose() {
    return switch (System.getProperty(PROPERTY)) {
      case null -> fastest();
      case "reference" -> new ReferenceBackend();
      case "plain" -> CpuBackend.plain();
      case "simd" -> simd();
      case String name ->
          throw new TensorException(
              "-D" + PROPERTY + "=" + name + ": unknown backend; known: reference, plain, simd");
    };
  }

  private static Backend fastest() {
    if (hasVectorModule()) {
      return CpuBackend.simd();
    }
    LOGGER.log(
        System.Logger.Level.INFO,
        "computing in plain Java; start java with --add-modules {0} to compute several times"
            + " faster",
        SimdLoops.MODULE);
    return CpuBackend.plain();
  }

  private static Backend simd() {
    if (!hasVectorModule()) {
      throw new TensorException(
          "-D" + PROPERTY + "=simd: start java with --add-modules " + SimdLoops.MODULE);
    }
    return CpuBackend.simd();
  }

  /** Whether the Vector API was added to this run. */
  static boolean hasVectorModule() {
    return ModuleLayer.boot().findModule(SimdLoops.MODULE).isPresent();
  }
}
