package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Concat.concat;

import dev.weft.autograd.Variable;
import java.util.List;

/**
 * What a set of items looks like to the encoder, one row each.
 *
 * @param text [items, hidden]; null where texts are not seen
 * @param image [items, hidden]; null where images are not seen
 */
public record ItemVectors(Variable text, Variable image) {

  /** Those of the modalities that are seen, text first. */
  public List<Variable> present() {
    if (text == null) {
      return List.of(image);
    }
    return image == null ? List.of(text) : List.of(text, image);
  }

  /** One table for both: the texts' rows, then the images'. */
  Variable table() {
    List<Variable> parts = present();
    return parts.size() == 1 ? parts.get(0) : concat(parts, 0);
  }

  /** The same with something added to both, [items, hidden]. */
  ItemVectors plus(Variable addend) {
    return new ItemVectors(
        text == null ? null : add(text, addend), image == null ? null : add(image, addend));
  }
}
