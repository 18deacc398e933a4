package dev.weft.mp4sr.data;

import java.nio.file.Path;

/** Paths written down relative to a folder, so that a tree that holds both can be moved. */
public final class PortablePath {
  private PortablePath() {}

  /**
   * What to write down: relative to the folder where both lie below the same first directory, else
   * absolute; null for null.
   */
  public static String of(Path folder, Path path) {
    if (path == null) {
      return null;
    }
    Path from = folder.toAbsolutePath().normalize();
    Path to = path.toAbsolutePath().normalize();
    boolean sameTree =
        from.getNameCount() > 1 && to.startsWith(from.getRoot().resolve(from.getName(0)));
    return sameTree ? from.relativize(to).toString().replace('\\', '/') : to.toString();
  }

  /** The path that was written down, as seen from here; null for null. */
  public static Path resolve(Path folder, String written) {
    return written == null ? null : folder.resolve(written).normalize();
  }
}
