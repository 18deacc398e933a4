package dev.weft.mp4sr.model;

/** Hears what a loss is made of, such as {@code nip_text}, before it is weighted. */
@FunctionalInterface
public interface LossListener {
  /** Hears nothing. */
  LossListener NONE = (name, value) -> {};

  /** One component of one batch's loss. */
  void component(String name, double value);
}
