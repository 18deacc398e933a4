package dev.weft.tensor.cpu;

import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.Philox;
import dev.weft.tensor.Tensor;
import java.util.Arrays;

/** Attention for the reference backend: one query after the other, in double precision. */
final class ReferenceAttention {
  private final AttentionInputs in;
  private final Elements q;
  private final Elements k;
  private final Elements v;
  private final Elements mask;
  private final int seqQ;
  private final int seqK;
  private final int width;
  private final int valueWidth;

  private ReferenceAttention(AttentionInputs in) {
    this.in = in;
    this.q = Elements.of(in.q());
    this.k = Elements.of(in.k());
    this.v = Elements.of(in.v());
    this.mask = in.mask() == null ? null : Elements.of(in.mask());
    this.seqQ = in.q().dim(2);
    this.seqK = in.k().dim(2);
    this.width = in.q().dim(3);
    this.valueWidth = in.v().dim(3);
  }

  static void forward(AttentionInputs in, Tensor out, Tensor logSumExp) {
    ReferenceAttention attention = new ReferenceAttention(in);
    Elements outputs = Elements.of(out);
    Elements logs = Elements.of(logSumExp);
    for (int query = 0; query < logs.size(); query++) {
      double[] scores = attention.scores(query);
      logs.set(query, Rows.logSumExp(scores));
      double[] dropped = attention.dropout(query, softmax(scores));
      for (int column = 0; column < attention.valueWidth; column++) {
        double sum = 0;
        for (int key = 0; key < attention.seqK; key++) {
          sum += dropped[key] * attention.value(query, key, column);
        }
        outputs.set(query * attention.valueWidth + column, sum);
      }
    }
  }

  static void backward(AttentionInputs in, Tensor gradOutput, Tensor dq, Tensor dk, Tensor dv) {
    ReferenceAttention attention = new ReferenceAttention(in);
    double[] queries = new double[dq.numel()];
    double[] keys = new double[dk.numel()];
    double[] values = new double[dv.numel()];
    attention.backward(Elements.of(gradOutput), queries, keys, values);
    store(queries, dq);
    store(keys, dk);
    store(values, dv);
  }

  private void backward(Elements gradient, double[] dq, double[] dk, double[] dv) {
    for (int query = 0; query < in.q().dim(0) * in.q().dim(1) * seqQ; query++) {
      double[] weights = softmax(scores(query));
      double[] dropped = dropout(query, weights);
      double[] dWeights = new double[seqK];
      for (int key = 0; key < seqK; key++) {
        for (int column = 0; column < valueWidth; column++) {
          double g = gradient.get(query * valueWidth + column);
          dWeights[key] += g * value(query, key, column);
          dv[keyRow(query, key) * valueWidth + column] += dropped[key] * g;
        }
      }
      dWeights = dropout(query, dWeights);
      double inner = 0;
      for (int key = 0; key < seqK; key++) {
        inner += weights[key] * dWeights[key];
      }
      for (int key = 0; key < seqK; key++) {
        double dScore = in.scale() * weights[key] * (dWeights[key] - inner);
        for (int i = 0; i < width; i++) {
          dq[query * width + i] += dScore * k.get(keyRow(query, key) * width + i);
          dk[keyRow(query, key) * width + i] += dScore * q.get(query * width + i);
        }
      }
    }
  }

  /** The row of the keys and values; queries are counted through batch and heads. */
  private int keyRow(int query, int key) {
    return query / seqQ * seqK + key;
  }

  private double value(int query, int key, int column) {
    return v.get(keyRow(query, key) * valueWidth + column);
  }

  private double[] scores(int query) {
    double[] scores = new double[seqK];
    for (int key = 0; key < seqK; key++) {
      for (int i = 0; i < width; i++) {
        scores[key] += q.get(query * width + i) * k.get(keyRow(query, key) * width + i);
      }
      boolean hidden = mask != null && mask.get(query * seqK + key) == 0;
      scores[key] = hidden ? Double.NEGATIVE_INFINITY : in.scale() * scores[key];
    }
    return scores;
  }

  private static double[] softmax(double[] scores) {
    double max = Arrays.stream(scores).reduce(Double.NEGATIVE_INFINITY, Math::max);
    if (max == Double.NEGATIVE_INFINITY) {
      return new double[scores.length];
    }
    double[] powers = Arrays.stream(scores).map(score -> Math.exp(score - max)).toArray();
    double sum = Arrays.stream(powers).sum();
    return Arrays.stream(powers).map(power -> power / sum).toArray();
  }

  private double[] dropout(int query, double[] row) {
    double[] kept = row.clone();
    long first = in.firstScore(0) + (long) query * seqK;
    for (int key = 0; key < seqK && in.drops(); key++) {
      boolean drops = Philox.uniform(in.key(), first + key) < in.dropout();
      kept[key] = drops ? 0 : row[key] / (1 - in.dropout());
    }
    return kept;
  }

  private static void store(double[] from, Tensor to) {
    Elements elements = Elements.of(to);
    for (int i = 0; i < from.length; i++) {
      elements.set(i, from[i]);
    }
  }
}
