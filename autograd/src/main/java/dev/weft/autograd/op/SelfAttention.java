package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link Attention} of sequences to themselves, straight from what one product made of them: the
 * queries, keys and values of a position side by side, the positions of all sequences one after the
 * other. Heads and sequences are views, forwards and backwards, so nothing is padded or moved.
 */
public final class SelfAttention {
  private SelfAttention() {}

  /**
   * Sequences of one length, one after the other.
   *
   * @param count how many
   * @param length positions of each
   * @param mask BOOL, true = attend, broadcastable to [count, heads, queries, length], where
   *     queries are all of a sequence's positions or its last; null: all
   */
  public record Sequences(int count, int length, Tensor mask) {
    private int positions() {
      return count * length;
    }
  }

  /**
   * How scores become weights.
   *
   * @param count of heads that the width is divided among
   * @param dropout probability that a weight is zeroed
   * @param keys name the dropout masks, one for each group of sequences; empty: no dropout
   */
  public record Heads(int count, double dropout, List<RandomKey> keys) {}

  /**
   * Every position attends to those of its sequence.
   *
   * @param queryKeyValue [..., 3 hidden], the positions of all groups in their order
   * @return [..., hidden]; scores are divided by {@code √(hidden / heads)}
   */
  public static Variable selfAttention(
      Variable queryKeyValue, List<Sequences> groups, Heads heads) {
    int hidden = width(queryKeyValue, 3, heads);
    Tensor rows = queryKeyValue.value().reshape(-1, 3 * hidden);
    check(rows, groups);
    List<AttentionInputs> inputs = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      Tensor q = part(rows, 3, 0, groups, i, heads);
      Tensor k = part(rows, 3, 1, groups, i, heads);
      inputs.add(inputs(q, k, part(rows, 3, 2, groups, i, heads), groups, i, heads));
    }
    Tensor output = Tensor.empty(rows.dtype(), Shape.of(rows.dim(0), hidden), rows.device());
    List<AttentionOps.Result> results = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      results.add(attend(inputs.get(i), part(output, 1, 0, groups, i, heads)));
    }
    return Graph.record(
        "selfAttention",
        output.reshape(queryKeyValue.shape().with(-1, hidden).dims()),
        (g, needed) -> {
          Tensor gRows = g.reshape(-1, hidden);
          Tensor d = Ops.emptyLike(rows);
          for (int i = 0; i < groups.size(); i++) {
            Tensor gradOutput = part(gRows, 1, 0, groups, i, heads);
            Tensor dq = part(d, 3, 0, groups, i, heads);
            Tensor dk = part(d, 3, 1, groups, i, heads);
            Tensor dv = part(d, 3, 2, groups, i, heads);
            differentiate(inputs.get(i), results.get(i), gradOutput, dq, dk, dv);
          }
          return new Tensor[] {d.reshape(queryKeyValue.shape().dims())};
        },
        queryKeyValue);
  }

  /**
   * Only one query of each sequence attends to its positions.
   *
   * @param query [sequences, hidden], in the order of the groups
   * @param keyValue [positions, 2 hidden], the positions of all groups in their order
   * @return [sequences, hidden]
   */
  public static Variable lastAttention(
      Variable query, Variable keyValue, List<Sequences> groups, Heads heads) {
    int hidden = width(keyValue, 2, heads);
    if (query.shape().rank() != 2 || query.dim(1) != hidden) {
      throw new TensorException(
          "self-attention: queries " + query.shape() + " must be [sequences, " + hidden + "]");
    }
    Tensor queries = Ops.contiguous(query.value());
    Tensor rows = keyValue.value().reshape(-1, 2 * hidden);
    check(rows, groups);
    List<Sequences> lasts =
        groups.stream().map(group -> new Sequences(group.count(), 1, null)).toList();
    check(queries, lasts);
    List<AttentionInputs> inputs = new ArrayList<>();
    Tensor output = Ops.emptyLike(queries);
    List<AttentionOps.Result> results = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      Tensor q = part(queries, 1, 0, lasts, i, heads);
      Tensor k = part(rows, 2, 0, groups, i, heads);
      inputs.add(inputs(q, k, part(rows, 2, 1, groups, i, heads), groups, i, heads));
      results.add(attend(inputs.get(i), part(output, 1, 0, lasts, i, heads)));
    }
    return Graph.record(
        "lastAttention",
        output,
        (g, needed) -> {
          Tensor gRows = Ops.contiguous(g);
          Tensor dQueries = Ops.emptyLike(queries);
          Tensor d = Ops.emptyLike(rows);
          for (int i = 0; i < groups.size(); i++) {
            Tensor gradOutput = part(gRows, 1, 0, lasts, i, heads);
            Tensor dq = part(dQueries, 1, 0, lasts, i, heads);
            Tensor dk = part(d, 2, 0, groups, i, heads);
            Tensor dv = part(d, 2, 1, groups, i, heads);
            differentiate(inputs.get(i), results.get(i), gradOutput, dq, dk, dv);
          }
          return new Tensor[] {dQueries, d.reshape(keyValue.shape().dims())};
        },
        query,
        keyValue);
  }

  private static AttentionInputs inputs(
      Tensor q, Tensor k, Tensor v, List<Sequences> groups, int number, Heads heads) {
    RandomKey key = heads.keys().isEmpty() ? null : heads.keys().get(number);
    double scale = 1 / Math.sqrt(q.dim(3));
    Tensor mask = groups.get(number).mask();
    Tensor near = mask == null ? null : mask.to(q.device());
    return new AttentionInputs(q, k, v, near, scale, heads.dropout(), key);
  }

  private static AttentionOps.Result attend(AttentionInputs in, Tensor output) {
    Tensor q = in.q();
    Shape rows = Shape.of(q.dim(0), q.dim(1), q.dim(2));
    Tensor logSumExp = Tensor.empty(q.dtype(), rows, q.device());
    Backends.of(q.device()).attention(in, output, logSumExp);
    return new AttentionOps.Result(output, logSumExp);
  }

  private static void differentiate(
      AttentionInputs in,
      AttentionOps.Result result,
      Tensor gradOutput,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    Backends.of(dq.device()).attentionBackward(in, result, gradOutput, dq, dk, dv);
  }

  /**
   * One group's rows of one of the parts that lie side by side in {@code rows}: a view [count,
   * heads, length, headDim].
   */
  private static Tensor part(
      Tensor rows, int parts, int part, List<Sequences> groups, int number, Heads heads) {
    int first = 0;
    for (Sequences before : groups.subList(0, number)) {
      first += before.positions();
    }
    Sequences group = groups.get(number);
    int headDim = rows.dim(1) / parts / heads.count();
    return rows.slice(0, first, first + group.positions())
        .reshape(group.count(), group.length(), parts, heads.count(), headDim)
        .select(2, part)
        .transpose(1, 2);
  }

  private static int width(Variable packed, int parts, Heads heads) {
    if (packed.shape().rank() == 0 || packed.dim(-1) % (parts * heads.count()) != 0) {
      throw new TensorException(
          "self-attention: the last axis of "
              + packed.shape()
              + " must hold "
              + parts
              + " parts of "
              + heads.count()
              + " heads");
    }
    return packed.dim(-1) / parts;
  }

  private static void check(Tensor rows, List<Sequences> groups) {
    int positions = groups.stream().mapToInt(Sequences::positions).sum();
    if (rows.dim(0) != positions) {
      throw new TensorException(
          "self-attention: the groups have " + positions + " positions, but there are " + rows);
    }
  }
}
