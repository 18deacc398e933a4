package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Concat.concat;
import static dev.weft.autograd.op.Embedding.embedding;

import dev.weft.autograd.Variable;
import dev.weft.nn.Mode;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Items that have nothing in a modality. The mixture of experts knows one answer to zero features,
 * which starts at the zero vector, whose direction is undefined and whose gradient under a cosine
 * is without bound; so such an item is seen by its other modality instead, and by a constant zero
 * vector where it has none at all.
 */
final class MissingModality {
  private final M2se encoder;
  private final Catalogue catalogue;
  private final int[] numbers;

  MissingModality(M2se encoder, Catalogue catalogue, int[] numbers) {
    this.encoder = encoder;
    this.catalogue = catalogue;
    this.numbers = numbers;
  }

  /** Whether every item has something in every modality that is seen. */
  boolean isComplete() {
    return (encoder.text() == null || count(catalogue.text()) == numbers.length)
        && (encoder.image() == null || count(catalogue.image()) == numbers.length);
  }

  private int count(ModalityFeatures features) {
    return with(features).length;
  }

  /** Those of the items that have something in a modality; the padding item has nothing. */
  private int[] with(ModalityFeatures features) {
    return Arrays.stream(numbers).filter(i -> has(features, i)).toArray();
  }

  private static boolean has(ModalityFeatures features, int number) {
    return number > 0 && features.present()[number - 1];
  }

  /** The items' vectors, each of what there is. */
  ItemVectors vectors(Mode mode) {
    List<Variable> parts = new ArrayList<>();
    int[] textRows = encode(encoder.text(), catalogue.text(), parts, mode);
    int[] imageRows = encode(encoder.image(), catalogue.image(), parts, mode);
    int none = parts.stream().mapToInt(part -> part.dim(0)).sum();
    Shape one = Shape.of(1, encoder.config().hiddenSize());
    ModalityFeatures features = catalogue.text();
    parts.add(Variable.of(Tensor.full(features.dtype(), one, features.device(), 0)));
    Variable table = concat(parts, 0);
    return new ItemVectors(
        encoder.text() == null ? null : rows(table, textRows, imageRows, none),
        encoder.image() == null ? null : rows(table, imageRows, textRows, none));
  }

  /** Encodes who has something; for each item the row of the parts it got, or -1. */
  private int[] encode(
      ModalityEncoder side, ModalityFeatures features, List<Variable> parts, Mode mode) {
    int[] rows = new int[numbers.length];
    Arrays.fill(rows, -1);
    int[] present = side == null ? new int[0] : with(features);
    if (present.length == 0) {
      return rows;
    }
    int next = parts.stream().mapToInt(part -> part.dim(0)).sum();
    parts.add(side.forward(features, present, mode));
    for (int i = 0; i < numbers.length; i++) {
      if (has(features, numbers[i])) {
        rows[i] = next++;
      }
    }
    return rows;
  }

  private static Variable rows(Variable table, int[] own, int[] other, int none) {
    int[] rows = new int[own.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = own[i] >= 0 ? own[i] : other[i] >= 0 ? other[i] : none;
    }
    return embedding(table, Tensor.of(rows, rows.length));
  }
}
