package dev.weft.tensor;

import dev.weft.tensor.cpu.CpuBackends;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;

/** Which backend serves a device: chosen once, when the device is first used. */
public final class Backends {
  private static final Map<Device, Backend> CHOSEN = new ConcurrentHashMap<>();

  private Backends() {}

  /** The backend of a device. */
  public static Backend of(Device device) {
    return CHOSEN.computeIfAbsent(device, Backends::find);
  }

  private static Backend find(Device device) {
    if (device.kind() == Device.Kind.CPU) {
      return CpuBackends.choose();
    }
    return ServiceLoader.load(BackendProvider.class).stream()
        .flatMap(provider -> provider.get().backendFor(device).stream())
        .findFirst()
        .orElseThrow(
            () -> new TensorException("device " + device + ": no backend on the class path"));
  }
}
