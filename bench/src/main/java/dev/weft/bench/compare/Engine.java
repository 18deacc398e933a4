package dev.weft.bench.compare;

import java.util.Map;
import java.util.Optional;

/** Something that computes, in a process of its own. */
public interface Engine {
  /** What runs, and its version: "PyTorch" → "2.7.1". */
  Map<String, String> versions();

  /**
   * Makes a work ready, its operands from {@link Inputs}; empty where this engine has none such.
   */
  Optional<Job> open(Kind kind);
}
