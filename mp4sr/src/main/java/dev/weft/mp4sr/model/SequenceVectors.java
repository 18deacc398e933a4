package dev.weft.mp4sr.model;

import dev.weft.autograd.Variable;
import java.util.List;

/**
 * What the encoder makes of each history of a batch.
 *
 * @param text h^t, [batch, hidden]; null where texts are not seen
 * @param image h^v, [batch, hidden]; null where images are not seen
 */
public record SequenceVectors(Variable text, Variable image) {

  /** Those of the modalities that are seen, text first. */
  public List<Variable> present() {
    if (text == null) {
      return List.of(image);
    }
    return image == null ? List.of(text) : List.of(text, image);
  }
}
