package dev.weft.mp4sr.model;

import dev.weft.autograd.op.SelfAttention.Sequences;
import dev.weft.nn.AttentionMask;
import dev.weft.tensor.Device;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Right-padded sequences without their padding: the real positions ("tokens") one after the other,
 * sequences of one length together. Everything that treats positions one by one runs over all
 * tokens, attention over the groups. Histories are short as a rule and one long one pads them all,
 * so this is most of the work saved.
 *
 * @param rows I32 [tokens], what stood at each token
 * @param places I32 [tokens], its position in its sequence
 * @param groups the sequences, shorter ones first; their tokens follow one another in this order
 * @param last I32 [n], the last token of each sequence, in the order of the groups
 * @param order I32 [n], for each sequence its place in the order of the groups
 * @param causalGroups the groups, in which no position looks ahead
 * @param tokens for each position of [n · seq] its token; meaningless where there is padding
 */
record PackedSequences(
    Tensor rows,
    Tensor places,
    List<Sequences> groups,
    Tensor last,
    Tensor order,
    List<Sequences> causalGroups,
    int[] tokens) {

  /**
   * Packs sequences.
   *
   * @param padded I32 [n, seq]
   * @param lengths I32 [n]
   * @param device where they are used
   */
  static PackedSequences of(Tensor padded, Tensor lengths, Device device) {
    return new Packer(padded.toInts(), lengths.toInts(), padded.dim(1)).pack(device);
  }

  private static List<Sequences> causal(List<Sequences> groups, Device device) {
    int longest = groups.isEmpty() ? 0 : groups.getLast().length();
    Tensor mask = AttentionMask.causal(longest).to(device);
    return groups.stream()
        .map(
            group -> {
              int length = group.length();
              Tensor own = mask.slice(2, 0, length).slice(3, 0, length);
              return new Sequences(group.count(), length, own);
            })
        .toList();
  }

  /** The tokens of positions in [n · seq], both I32 [cases]. */
  Tensor tokensAt(Tensor positions) {
    int[] found = positions.toInts();
    Arrays.setAll(found, i -> tokens[found[i]]);
    return Tensor.of(found, found.length);
  }

  /** Fills the arrays. */
  private static final class Packer {
    private final int[] padded;
    private final int[] lengths;
    private final int width;
    private final int[] rows;
    private final int[] places;
    private final int[] last;
    private final int[] order;
    private final int[] tokenAt;
    private final List<Sequences> groups = new ArrayList<>();
    private int tokens;
    private int sequences;

    Packer(int[] padded, int[] lengths, int width) {
      this.padded = padded;
      this.lengths = lengths;
      this.width = width;
      int total = 0;
      for (int length : lengths) {
        total += length;
      }
      rows = new int[total];
      places = new int[total];
      last = new int[lengths.length];
      order = new int[lengths.length];
      tokenAt = new int[padded.length];
    }

    PackedSequences pack(Device device) {
      for (int length = 1; length <= width; length++) {
        add(length);
      }
      return new PackedSequences(
          Tensor.of(rows, rows.length),
          Tensor.of(places, places.length),
          List.copyOf(groups),
          Tensor.of(last, last.length),
          Tensor.of(order, order.length),
          causal(groups, device),
          tokenAt);
    }

    /** The sequences of one length. */
    private void add(int length) {
      int before = sequences;
      for (int sequence = 0; sequence < lengths.length; sequence++) {
        if (lengths[sequence] == length) {
          add(sequence, length);
        }
      }
      if (sequences > before) {
        groups.add(new Sequences(sequences - before, length, null));
      }
    }

    private void add(int sequence, int length) {
      for (int place = 0; place < length; place++) {
        rows[tokens] = padded[sequence * width + place];
        places[tokens] = place;
        tokenAt[sequence * width + place] = tokens++;
      }
      last[sequences] = tokens - 1;
      order[sequence] = sequences++;
    }
  }
}
