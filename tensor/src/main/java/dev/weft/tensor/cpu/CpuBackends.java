package dev.weft.tensor.cpu;

import dev.weft.tensor.Backend;
import dev.weft.tensor.TensorException;

/** Chooses the processor's backend. */
public final class CpuBackends {
  /** System property that names a backend: {@code reference}. */
  public static final String PROPERTY = "weft.backend";

  private CpuBackends() {}

  /** The backend that {@value #PROPERTY} names, or the fastest that runs here. */
  public static Backend choose() {
    String name = System.getProperty(PROPERTY, "reference");
    return switch (name) {
      case "reference" -> new ReferenceBackend();
      default ->
          throw new TensorException(
              "-D" + PROPERTY + "=" + name + ": unknown backend; known: reference");
    };
  }
}
