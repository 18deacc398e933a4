package dev.weft.nn.text;

import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Many texts cut into batches of like length, so that little is computed for padding; texts with
 * the same tokens, frequent in catalogues, stand there once.
 *
 * @param batches distinct encodings from short to long
 * @param positions I32 [texts]: at which row of all batches together each text's encoding stands
 */
public record TextBatches(List<List<Encoding>> batches, Tensor positions) {
  /** Tokens of a batch, padding included: enough for tall matrix products, little memory. */
  public static final int TOKENS = 4096;

  /** Batches of up to {@link #TOKENS} tokens, or of one text. */
  public static TextBatches of(List<Encoding> encodings) {
    List<Encoding> distinct = new ArrayList<>(new LinkedHashSet<>(encodings));
    distinct.sort(Comparator.comparingInt(Encoding::length));
    Map<Encoding, Integer> rows = new HashMap<>();
    for (Encoding encoding : distinct) {
      rows.put(encoding, rows.size());
    }
    int[] positions = encodings.stream().mapToInt(rows::get).toArray();
    return new TextBatches(cut(distinct), Tensor.of(positions));
  }

  private static List<List<Encoding>> cut(List<Encoding> sorted) {
    List<List<Encoding>> batches = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= sorted.size(); to++) {
      boolean full =
          to < sorted.size() && (to - from + 1) * (long) sorted.get(to).length() > TOKENS;
      if (full || to == sorted.size()) {
        batches.add(List.copyOf(sorted.subList(from, to)));
        from = to;
      }
    }
    return batches;
  }

  /** Number of distinct encodings. */
  public int rows() {
    return batches.stream().mapToInt(List::size).sum();
  }
}
