package dev.weft.nn;

import dev.weft.autograd.op.SelfAttention.Sequences;
import dev.weft.nn.text.Encoding;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Texts of different lengths one after the other, with no padding between: every layer but
 * attention treats positions alike, and attention is told where texts begin.
 *
 * @param ids I32 [tokens]
 * @param typeIds I32 [tokens]: which segment a token belongs to
 * @param positions I32 [tokens]: a token's place in its text
 * @param starts I32 [texts]: at which token each text begins
 * @param lengths tokens of each text
 */
public record PackedTokens(
    Tensor ids, Tensor typeIds, Tensor positions, Tensor starts, List<Integer> lengths) {

  /**
   * In the order given; texts of one length should be neighbours, for they are computed at once.
   */
  public static PackedTokens of(List<Encoding> encodings) {
    int tokens = encodings.stream().mapToInt(Encoding::length).sum();
    int[] ids = new int[tokens];
    int[] typeIds = new int[tokens];
    int[] positions = new int[tokens];
    int[] starts = new int[encodings.size()];
    List<Integer> lengths = new ArrayList<>();
    int at = 0;
    for (int text = 0; text < starts.length; text++) {
      Encoding encoding = encodings.get(text);
      int length = encoding.length();
      starts[text] = at;
      lengths.add(length);
      System.arraycopy(encoding.ids(), 0, ids, at, length);
      System.arraycopy(encoding.typeIds(), 0, typeIds, at, length);
      for (int i = 0; i < length; i++) {
        positions[at + i] = i;
      }
      at += length;
    }
    return new PackedTokens(
        Tensor.of(ids), Tensor.of(typeIds), Tensor.of(positions), Tensor.of(starts), lengths);
  }

  /**
   * Neighbours of one length as groups.
   *
   * @param mask who may attend to whom in sequences of a length, see {@link AttentionMask}; null
   *     for all
   */
  public List<Sequences> groups(IntFunction<Tensor> mask) {
    List<Sequences> groups = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= lengths.size(); to++) {
      int length = lengths.get(from);
      if (to == lengths.size() || lengths.get(to) != length) {
        groups.add(new Sequences(to - from, length, mask.apply(length)));
        from = to;
      }
    }
    return groups;
  }
}
