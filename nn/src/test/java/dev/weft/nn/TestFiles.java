package dev.weft.nn;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Where the tests find their files. */
public final class TestFiles {
  private TestFiles() {}

  /** A file or folder of the test resources. */
  public static Path resource(String name) {
    URL url = TestFiles.class.getResource("/" + name);
    try {
      return Path.of(Objects.requireNonNull(url, name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(name, e);
    }
  }

  /**
   * A file of the fixtures that are not part of the repository; skips the test where they are not.
   * They are looked for in the folder {@code weft.shared}, else beside the repository.
   */
  public static Path shared(String name) {
    Path root = Path.of(System.getProperty("weft.shared", "../../shared"));
    Path file = root.resolve("fixtures").resolve(name).toAbsolutePath().normalize();
    assumeTrue(Files.exists(file), () -> "needs " + file + "; set -Dweft.shared=DIR");
    return file;
  }
}
