package dev.weft.bench;

import dev.weft.tensor.Backends;
import dev.weft.tensor.Device;
import dev.weft.tensor.cpu.CpuBackends;

/** Chooses the backend of a fork, which must not have touched a tensor before. */
final class Backend {
  private Backend() {}

  /** Makes {@code name} ("simd" or "plain") the backend of this process, or fails. */
  static void choose(String name) {
    System.setProperty(CpuBackends.PROPERTY, name);
    String chosen = Backends.of(Device.CPU).name();
    if (!chosen.equals("cpu-" + name)) {
      throw new IllegalStateException("asked for " + name + ", got " + chosen);
    }
  }
}
