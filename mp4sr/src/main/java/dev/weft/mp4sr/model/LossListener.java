package dev.weft.mp4sr.model;

import dev.weft.tensor.Tensor;

/** Hears what a loss is made of, such as {@code nip_text}, before it is weighted. */
@FunctionalInterface
public interface LossListener {
  /** Hears nothing. */
  LossListener NONE = (name, value) -> {};

  /**
   * One component of one batch's loss.
   *
   * @param value a scalar, on the model's device and perhaps not yet computed
   */
  void component(String name, Tensor value);
}
