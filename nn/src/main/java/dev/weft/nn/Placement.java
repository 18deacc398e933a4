package dev.weft.nn;

import dev.weft.tensor.Device;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;

/**
 * The device that models are put on when they are made or read: chosen once, when a program starts.
 * What they are given, such as indices and pixels, may be on the host and follows.
 */
public final class Placement {
  private static volatile Device device = Device.CPU;

  private Placement() {}

  /** Where models are put from now on. */
  public static void set(Device chosen) {
    device = chosen;
  }

  /** Where models are put. */
  public static Device device() {
    return device;
  }

  /** A model's constant or parameter where it belongs, out of every scope. */
  public static Tensor put(Tensor value) {
    return Scope.detach(value.to(device));
  }
}
