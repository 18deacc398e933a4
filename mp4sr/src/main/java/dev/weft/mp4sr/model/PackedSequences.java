package dev.weft.mp4sr.model;

import dev.weft.nn.AttentionMask;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Right-padded sequences without their padding: the real positions ("tokens") one after the other.
 * Everything that treats positions one by one runs over tokens; attention runs over groups of
 * sequences of similar length, each padded to its own longest. Histories are short as a rule and
 * one long one pads them all, so this is most of the work saved.
 *
 * @param rows I32 [tokens], what stood at each token
 * @param places I32 [tokens], its position in its sequence
 * @param groups the sequences, shorter ones first; their tokens follow one another in this order
 * @param order I32 [n], for each sequence its place in the order of the groups
 * @param tokens for each position of [n · seq] its token; meaningless where there is padding
 */
record PackedSequences(Tensor rows, Tensor places, List<Group> groups, Tensor order, int[] tokens) {
  /** Greatest lengths of the groups but the last. */
  private static final int[] LIMITS = {8, 16, 32};

  /**
   * Sequences of similar length.
   *
   * @param slots I32 [n, seq], the token at each position; any token where there is padding
   * @param real I32 [tokens of the group], where each token stands in [n · seq]
   * @param last I32 [n], the last token of each sequence
   * @param causal BOOL [1, 1, seq, seq]
   * @param present BOOL [n, 1, 1, seq], true on real positions
   */
  record Group(Tensor slots, Tensor real, Tensor last, Tensor causal, Tensor present) {}

  /**
   * Packs sequences.
   *
   * @param padded I32 [n, seq]
   * @param lengths I32 [n]
   */
  static PackedSequences of(Tensor padded, Tensor lengths) {
    return new Packer(padded.toInts(), lengths.toInts(), padded.dim(1)).pack();
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
    private final int[] order;
    private final int[] tokenAt;
    private final List<Group> groups = new ArrayList<>();
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
      order = new int[lengths.length];
      tokenAt = new int[padded.length];
    }

    PackedSequences pack() {
      int above = 0;
      for (int limit : LIMITS) {
        add(members(above, limit));
        above = limit;
      }
      add(members(above, Integer.MAX_VALUE));
      return new PackedSequences(
          Tensor.of(rows, rows.length),
          Tensor.of(places, places.length),
          List.copyOf(groups),
          Tensor.of(order, order.length),
          tokenAt);
    }

    private List<Integer> members(int above, int limit) {
      List<Integer> members = new ArrayList<>();
      for (int i = 0; i < lengths.length; i++) {
        if (lengths[i] > above && lengths[i] <= limit) {
          members.add(i);
        }
      }
      return members;
    }

    private void add(List<Integer> members) {
      if (members.isEmpty()) {
        return;
      }
      int seq = members.stream().mapToInt(i -> lengths[i]).max().orElseThrow();
      int count = members.stream().mapToInt(i -> lengths[i]).sum();
      int[] slots = new int[members.size() * seq];
      boolean[] present = new boolean[slots.length];
      int[] real = new int[count];
      int[] last = new int[members.size()];
      int first = tokens;
      for (int member = 0; member < last.length; member++) {
        int sequence = members.get(member);
        order[sequence] = sequences++;
        for (int place = 0; place < lengths[sequence]; place++) {
          int slot = member * seq + place;
          rows[tokens] = padded[sequence * width + place];
          places[tokens] = place;
          real[tokens - first] = slot;
          present[slot] = true;
          tokenAt[sequence * width + place] = tokens;
          slots[slot] = tokens++;
        }
        last[member] = tokens - 1;
      }
      groups.add(
          new Group(
              Tensor.of(slots, last.length, seq),
              Tensor.of(real, real.length),
              Tensor.of(last, last.length),
              AttentionMask.causal(seq),
              Tensor.of(present, last.length, 1, 1, seq)));
    }
  }
}
