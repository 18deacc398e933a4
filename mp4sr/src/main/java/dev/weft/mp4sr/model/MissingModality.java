package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Concat.concat;
import static dev.weft.autograd.op.Embedding.embedding;

import dev.weft.autograd.Variable;
import dev.weft.nn.HostBatch;
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

  /** How to get the items' vectors, each of what there is: from a table of all that is encoded. */
  ItemEncoding encoding(HostBatch batch) {
    int[] withText = encoder.text() == null ? new int[0] : with(catalogue.text());
    int[] withImage = encoder.image() == null ? new int[0] : with(catalogue.image());
    int[] texts = rows(withText, 0);
    int[] images = rows(withImage, withText.length);
    int none = withText.length + withImage.length;
    HostBatch.Part textRows = batch.add(firstOf(texts, images, none));
    HostBatch.Part imageRows = batch.add(firstOf(images, texts, none));
    ModalityFeatures.Choice textual = catalogue.text().choose(withText, batch);
    ModalityFeatures.Choice visual = catalogue.image().choose(withImage, batch);
    return mode -> {
      List<Variable> parts = new ArrayList<>();
      if (withText.length > 0) {
        parts.add(encoder.text().forward(textual, mode));
      }
      if (withImage.length > 0) {
        parts.add(encoder.image().forward(visual, mode));
      }
      parts.add(Variable.of(zeroRow(catalogue.text())));
      Variable table = concat(parts, 0);
      return new ItemVectors(
          encoder.text() == null ? null : embedding(table, textRows.tensor()),
          encoder.image() == null ? null : embedding(table, imageRows.tensor()));
    };
  }

  private Tensor zeroRow(ModalityFeatures like) {
    return Tensor.full(like.dtype(), Shape.of(1, encoder.config().hiddenSize()), like.device(), 0);
  }

  /** For each item its row in a table where those that have something begin at a row; or -1. */
  private int[] rows(int[] present, int first) {
    int[] rows = new int[numbers.length];
    int next = 0;
    for (int i = 0; i < rows.length; i++) {
      boolean isNext = next < present.length && present[next] == numbers[i];
      rows[i] = isNext ? first + next++ : -1;
    }
    return rows;
  }

  private static int[] firstOf(int[] own, int[] other, int none) {
    int[] rows = new int[own.length];
    Arrays.setAll(rows, i -> own[i] >= 0 ? own[i] : other[i] >= 0 ? other[i] : none);
    return rows;
  }
}
