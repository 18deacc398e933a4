package dev.weft.tensor;

import java.util.Optional;

/** Found with {@link java.util.ServiceLoader}: supplies backends for devices other than the CPU. */
public interface BackendProvider {
  /** The backend of a device, or empty if this provider has none for its kind. */
  Optional<Backend> backendFor(Device device);
}
