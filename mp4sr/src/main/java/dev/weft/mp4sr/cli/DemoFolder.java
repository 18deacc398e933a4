package dev.weft.mp4sr.cli;

import java.nio.file.Path;

/** What lies where in a demonstration's folder. */
record DemoFolder(Path root) {
  Path sample() {
    return root.resolve("sample");
  }

  Path data() {
    return root.resolve("dataset");
  }

  Path encoders() {
    return root.resolve("encoders");
  }

  Path bert() {
    return encoders().resolve("bert");
  }

  Path clip() {
    return encoders().resolve("clip");
  }

  Path features() {
    return FeaturesFile.in(data());
  }

  Path run(long seed, String name) {
    return root.resolve("runs").resolve("seed-" + seed).resolve(name);
  }

  Path report() {
    return root.resolve("report");
  }
}
