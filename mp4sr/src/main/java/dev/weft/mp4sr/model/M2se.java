package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Slice.slice;

import dev.weft.autograd.Variable;
import dev.weft.nn.HostBatch;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.Weights;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * M²SE, the multimodal mixup sequence encoder (MP4SR, arXiv 2303.11879): items to z^t and z^v,
 * histories to h^t and h^v.
 *
 * @param text the text encoder; null where texts are not seen
 * @param image the image encoder; null where images are not seen
 * @param sequence the encoder that both sequences go through
 * @param config sizes and switches
 */
public record M2se(
    ModalityEncoder text, ModalityEncoder image, SequenceEncoder sequence, M2seConfig config)
    implements Module {

  /**
   * An encoder for features of a width.
   *
   * @param weights where its parameters come from
   */
  public static M2se create(Weights weights, M2seConfig config, int width) {
    return new M2se(
        config.hasText() ? ModalityEncoder.create(weights.at("text"), config, width) : null,
        config.hasImage() ? ModalityEncoder.create(weights.at("image"), config, width) : null,
        SequenceEncoder.create(weights.at("sequence"), config),
        config);
  }

  /**
   * Encodes items. In training, dropout is drawn for each item once, however often it occurs.
   *
   * @param numbers rising item numbers; 0 is the padding item
   */
  public ItemVectors items(Catalogue catalogue, int[] numbers, Mode mode) {
    HostBatch batch = new HostBatch();
    ItemEncoding items = items(catalogue, numbers, batch);
    batch.send(catalogue.device());
    return items.vectors(mode);
  }

  /** The same in two halves: what the host decides, and, once the batch is sent, the rest. */
  ItemEncoding items(Catalogue catalogue, int[] numbers, HostBatch batch) {
    if (config.missing() == M2seConfig.Missing.OTHER_MODALITY) {
      MissingModality missing = new MissingModality(this, catalogue, numbers);
      if (!missing.isComplete()) {
        return missing.encoding(batch);
      }
    }
    ModalityFeatures.Choice texts = text == null ? null : catalogue.text().choose(numbers, batch);
    ModalityFeatures.Choice images =
        image == null ? null : catalogue.image().choose(numbers, batch);
    return mode ->
        new ItemVectors(
            text == null ? null : text.forward(texts, mode),
            image == null ? null : image.forward(images, mode));
  }

  /**
   * Encodes histories; both sequences are one batch of the shared encoder.
   *
   * @param vectors the items' vectors
   * @param positions the rows of {@code vectors} that make the histories
   * @param mixed BOOL [batch, seq], where the sequences are swapped; null: nowhere
   */
  public SequenceVectors sequences(
      ItemVectors vectors, SequenceBatch positions, Tensor mixed, Mode mode) {
    HostBatch batch = new HostBatch();
    int items = vectors.present().get(0).dim(0);
    PackedSequences packed = pack(positions, mixed, items, batch);
    batch.send(vectors.present().get(0).value().device());
    return sequences(vectors, packed, mode);
  }

  /**
   * What the host does of it: which rows of {@link ItemVectors#table} follow one another.
   *
   * @param items rows of one modality
   */
  PackedSequences pack(SequenceBatch positions, Tensor mixed, int items, HostBatch batch) {
    if (text == null || image == null) {
      return PackedSequences.of(positions, batch);
    }
    Tensor rows = ComplementaryMixup.rows(positions.items(), mixed, items);
    Tensor twice = Ops.concat(List.of(positions.lengths(), positions.lengths()), 0);
    Tensor ends = positions.ends();
    Tensor endsTwice = ends == null ? null : twice(ends, positions.items().numel());
    return PackedSequences.of(new SequenceBatch(rows, twice, endsTwice), batch);
  }

  /** What the device does of it. */
  SequenceVectors sequences(ItemVectors vectors, PackedSequences packed, Mode mode) {
    Variable encoded = sequence.forward(vectors.table(), packed, mode);
    if (text == null || image == null) {
      return new SequenceVectors(text == null ? null : encoded, text == null ? encoded : null);
    }
    int cases = encoded.dim(0) / 2;
    return new SequenceVectors(slice(encoded, 0, 0, cases), slice(encoded, 0, cases, 2 * cases));
  }

  /** The same places in the first and in the second sequence. */
  private static Tensor twice(Tensor ends, int positions) {
    int[] first = ends.toInts();
    int[] both = Arrays.copyOf(first, 2 * first.length);
    for (int i = 0; i < first.length; i++) {
      both[first.length + i] = first[i] + positions;
    }
    return Tensor.of(both, both.length);
  }
}
