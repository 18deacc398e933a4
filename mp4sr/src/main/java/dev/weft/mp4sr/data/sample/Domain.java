package dev.weft.mp4sr.data.sample;

import java.util.List;
import java.util.Locale;

/**
 * Which shop a sample is of. Two shops with no kind, product or user in common, that speak of
 * purposes and brands in the same words and show colours and patterns in the same way, are there to
 * pre-train on one and fine-tune on the other.
 */
public enum Domain {
  /** All twelve kinds: one shop. */
  WHOLE,
  /** Crockery and seats. */
  A,
  /** What one carries, and what needs power or paper. */
  B;

  List<Kind> kinds() {
    return switch (this) {
      case WHOLE -> List.of(Kind.values());
      case A -> List.of(Kind.MUG, Kind.KETTLE, Kind.BOTTLE, Kind.VASE, Kind.CHAIR, Kind.CUSHION);
      case B ->
          List.of(
              Kind.LAMP, Kind.CLOCK, Kind.BACKPACK, Kind.UMBRELLA, Kind.NOTEBOOK, Kind.HEADPHONES);
    };
  }

  /** Before an id's random part, so that the two shops' never meet. */
  String mark() {
    return this == WHOLE ? "" : name();
  }

  /** The random streams of the two shops are apart too. */
  String stream(String purpose) {
    return this == WHOLE ? purpose : name().toLowerCase(Locale.ROOT) + "/" + purpose;
  }
}
