package dev.weft.mp4sr.model;

import dev.weft.autograd.op.SelfAttention.Sequences;
import dev.weft.nn.HostBatch;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.Ops;
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
 * @param last I32 [n], the last token of each sequence, in the order of the groups; null where ends
 *     were given
 * @param order I32 [n], for each sequence its place in the order of the groups; null likewise
 * @param ends I32 [cases], the tokens to encode up to; null where they are the last ones
 */
record PackedSequences(
    HostBatch.Part rows,
    HostBatch.Part places,
    List<Sequences> groups,
    HostBatch.Part last,
    HostBatch.Part order,
    HostBatch.Part ends) {

  /**
   * Packs sequences.
   *
   * @param padded what stands at each position, with lengths and ends
   * @param batch takes everything to where it is used
   */
  static PackedSequences of(SequenceBatch padded, HostBatch batch) {
    int[] ends = padded.ends() == null ? null : padded.ends().toInts();
    return new Packer(padded.items().toInts(), padded.lengths().toInts(), padded.length())
        .pack(ends, batch);
  }

  /** Tokens of the longest sequence. */
  int longest() {
    return groups.isEmpty() ? 0 : groups.getLast().length();
  }

  /** The groups, in which no position looks ahead. */
  List<Sequences> causalGroups() {
    if (groups.isEmpty()) {
      return groups;
    }
    // The last sequence is as long as any: its places are 0, 1, 2, …
    int longest = longest();
    Tensor steps = places.tensor().slice(0, places.length() - longest, places.length());
    Tensor mask =
        Ops.compare(
            CompareOp.LESS_OR_EQUAL,
            steps.reshape(1, 1, 1, longest),
            steps.reshape(1, 1, longest, 1));
    return groups.stream()
        .map(
            group -> {
              int length = group.length();
              Tensor own = mask.slice(2, 0, length).slice(3, 0, length);
              return new Sequences(group.count(), length, own);
            })
        .toList();
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

    PackedSequences pack(int[] ends, HostBatch batch) {
      for (int length = 1; length <= width; length++) {
        add(length);
      }
      return new PackedSequences(
          batch.add(rows),
          batch.add(places),
          List.copyOf(groups),
          ends == null ? batch.add(last) : null,
          ends == null ? batch.add(order) : null,
          ends == null ? null : batch.add(Arrays.stream(ends).map(end -> tokenAt[end]).toArray()));
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
