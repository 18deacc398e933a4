package dev.weft.nn.text;

import java.util.List;

/** A step from a text as written to the text that is split into words. */
@FunctionalInterface
interface Normalization {
  /** The text after the step: a new one, or the same. */
  AlignedText apply(AlignedText text);

  /** One step after the other. */
  static Normalization sequence(List<Normalization> steps) {
    return text -> {
      AlignedText result = text;
      for (Normalization step : steps) {
        result = step.apply(result);
      }
      return result;
    };
  }
}
