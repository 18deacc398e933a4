package dev.weft.mp4sr.cli;

import jdk.incubator.vector.VectorShape;

/** Loaded only where the Vector API is. */
final class VectorWidth {
  private VectorWidth() {}

  static int bits() {
    return VectorShape.preferredShape().vectorBitSize();
  }
}
