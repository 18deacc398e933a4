package dev.weft.autograd.op;

import dev.weft.autograd.GradientCheck;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Contrast;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** For every op, a way to draw cases of random shapes and arguments. */
final class OpCases {
  private static final RandomKey KEY = new RandomKey(7, 3);

  private OpCases() {}

  static Map<Class<?>, Function<Draw, OpCase>> all() {
    Map<Class<?>, Function<Draw, OpCase>> cases = new LinkedHashMap<>();
    elementwise(cases);
    products(cases);
    rows(cases);
    folds(cases);
    views(cases);
    lookups(cases);
    losses(cases);
    return cases;
  }

  /** One case of a unary op, where it is smooth. */
  static OpCase unary(UnaryOp op, Draw draw) {
    int[] dims = draw.dims(draw.between(0, 3));
    Tensor x =
        switch (op) {
          case SQRT, LOG, RECIPROCAL -> draw.positive(dims);
          case ABS, RELU -> draw.awayFromZero(dims);
          default -> draw.normal(dims);
        };
    return OpCase.of(in -> Unary.unary(op, in.get(0)), x);
  }

  private static void elementwise(Map<Class<?>, Function<Draw, OpCase>> cases) {
    cases.put(Add.class, draw -> pair(draw, in -> Add.add(in.get(0), in.get(1))));
    cases.put(Subtract.class, draw -> pair(draw, in -> Subtract.subtract(in.get(0), in.get(1))));
    cases.put(Multiply.class, draw -> pair(draw, in -> Multiply.multiply(in.get(0), in.get(1))));
    cases.put(Divide.class, draw -> pair(draw, in -> Divide.divide(in.get(0), in.get(1))));
    cases.put(Scale.class, draw -> single(draw, in -> Scale.scale(in.get(0), -1.7)));
    cases.put(AddScalar.class, draw -> single(draw, in -> AddScalar.addScalar(in.get(0), 0.3)));
    cases.put(Unary.class, draw -> unary(UnaryOp.GELU, draw));
    cases.put(Dropout.class, draw -> single(draw, in -> Dropout.dropout(in.get(0), 0.4, KEY)));
    cases.put(
        Where.class,
        draw -> {
          int[] dims = draw.dims(draw.between(1, 3));
          Tensor condition = draw.mask(draw.broadcastable(dims));
          return OpCase.of(
              in -> Where.where(condition, in.get(0), in.get(1)),
              draw.normal(dims),
              draw.normal(draw.broadcastable(dims)));
        });
  }

  private static OpCase single(Draw draw, GradientCheck.Function function) {
    return OpCase.of(function, draw.normal(draw.dims(draw.between(0, 3))));
  }

  /** Two operands that broadcast, in either order; none is near 0. */
  private static OpCase pair(Draw draw, GradientCheck.Function function) {
    int[] dims = draw.dims(draw.between(0, 3));
    Tensor whole = draw.awayFromZero(dims);
    Tensor part = draw.positive(draw.broadcastable(dims));
    return draw.coin() ? OpCase.of(function, whole, part) : OpCase.of(function, part, whole);
  }

  private static void products(Map<Class<?>, Function<Draw, OpCase>> cases) {
    cases.put(
        Matmul.class,
        draw -> {
          int k = draw.between(1, 4);
          int[] batch = draw.dims(draw.between(0, 2));
          Tensor a = draw.normal(join(batch, draw.between(1, 4), k));
          Tensor b = draw.normal(join(draw.broadcastable(batch), k, draw.between(1, 4)));
          return OpCase.of(in -> Matmul.matmul(in.get(0), in.get(1)), a, b);
        });
    cases.put(
        MatmulTransposed.class,
        draw -> {
          int k = draw.between(1, 4);
          int[] batch = draw.dims(draw.between(0, 2));
          Tensor a = draw.normal(join(draw.broadcastable(batch), draw.between(1, 4), k));
          Tensor b = draw.normal(join(batch, draw.between(1, 4), k));
          return OpCase.of(in -> MatmulTransposed.matmulTransposed(in.get(0), in.get(1)), a, b);
        });
    cases.put(
        Linear.class,
        draw -> {
          int width = draw.between(1, 4);
          int out = draw.between(1, 4);
          Tensor x = draw.normal(join(draw.dims(draw.between(0, 2)), width));
          Tensor weight = draw.normal(out, width);
          if (draw.coin()) {
            return OpCase.of(in -> Linear.linear(in.get(0), in.get(1), null), x, weight);
          }
          return OpCase.of(
              in -> Linear.linear(in.get(0), in.get(1), in.get(2)), x, weight, draw.normal(out));
        });
    cases.put(Attention.class, OpCases::attention);
    cases.put(SelfAttention.class, OpCases::selfAttention);
  }

  private static OpCase attention(Draw draw) {
    int batch = draw.between(1, 2);
    int heads = draw.between(1, 2);
    int seqQ = draw.between(1, 3);
    int seqK = draw.between(1, 4);
    int width = draw.between(1, 3);
    Tensor mask =
        draw.coin() ? null : draw.mask(draw.broadcastable(new int[] {batch, heads, seqQ, seqK}));
    RandomKey key = draw.coin() ? KEY : null;
    return OpCase.of(
        in -> Attention.attention(in.get(0), in.get(1), in.get(2), mask, 0.6, 0.3, key),
        draw.normal(batch, heads, seqQ, width),
        draw.normal(batch, heads, seqK, width),
        draw.normal(batch, heads, seqK, draw.between(1, 3)));
  }

  private static OpCase selfAttention(Draw draw) {
    boolean last = draw.coin();
    int count = draw.between(1, 2);
    int hidden = count * draw.between(1, 3);
    List<SelfAttention.Sequences> groups = new ArrayList<>();
    List<RandomKey> keys = new ArrayList<>();
    int sequences = 0;
    int positions = 0;
    boolean drops = draw.coin();
    for (int i = draw.between(1, 3); i > 0; i--) {
      int size = draw.between(1, 2);
      int length = draw.between(1, 3);
      int[] scores = {size, count, last ? 1 : length, length};
      Tensor mask = draw.coin() ? null : draw.mask(draw.broadcastable(scores));
      groups.add(new SelfAttention.Sequences(size, length, mask));
      keys.add(new RandomKey(7, i));
      sequences += size;
      positions += size * length;
    }
    SelfAttention.Heads heads = new SelfAttention.Heads(count, 0.3, drops ? keys : List.of());
    return last
        ? OpCase.of(
            in -> SelfAttention.lastAttention(in.get(0), in.get(1), groups, heads),
            draw.normal(sequences, hidden),
            draw.normal(positions, 2 * hidden))
        : OpCase.of(
            in -> SelfAttention.selfAttention(in.get(0), groups, heads),
            draw.normal(positions, 3 * hidden));
  }

  private static void rows(Map<Class<?>, Function<Draw, OpCase>> cases) {
    cases.put(Softmax.class, draw -> along(draw, axis -> in -> Softmax.softmax(in.get(0), axis)));
    cases.put(
        LogSoftmax.class,
        draw -> along(draw, axis -> in -> LogSoftmax.logSoftmax(in.get(0), axis)));
    cases.put(
        LogSumExp.class, draw -> along(draw, axis -> in -> LogSumExp.logSumExp(in.get(0), axis)));
    cases.put(
        L2Normalize.class,
        draw -> along(draw, axis -> in -> L2Normalize.l2Normalize(in.get(0), axis, 0.2)));
    cases.put(
        Recomputed.class,
        draw -> {
          Tensor a = draw.normal(draw.between(1, 4), draw.between(1, 4));
          Tensor b = draw.normal(a.shape().dims());
          return OpCase.of(
              in ->
                  Recomputed.recomputed(
                      () -> Multiply.multiply(Unary.tanh(in.get(0)), in.get(1)), in),
              a,
              b);
        });
    cases.put(
        NormMixture.class,
        draw -> {
          int rows = draw.between(1, 3);
          int experts = draw.between(1, 3);
          int width = draw.between(2, 5);
          return OpCase.of(
              in -> NormMixture.normMixture(in.get(0), in.get(1), in.get(2), in.get(3), 1e-3),
              draw.normal(rows, experts, width),
              draw.normal(rows, experts),
              draw.normal(experts, width),
              draw.normal(experts, width));
        });
    cases.put(
        LayerNorm.class,
        draw -> {
          int[] dims = join(draw.dims(draw.between(0, 2)), draw.between(2, 5));
          int width = dims[dims.length - 1];
          return OpCase.of(
              in -> LayerNorm.layerNorm(in.get(0), in.get(1), in.get(2), 1e-3),
              draw.normal(dims),
              draw.normal(width),
              draw.normal(width));
        });
    cases.put(AddLayerNorm.class, OpCases::addLayerNorm);
  }

  /** Either form; of the one with two outputs, a combination of both. */
  private static OpCase addLayerNorm(Draw draw) {
    int[] dims = join(draw.dims(draw.between(0, 2)), draw.between(2, 5));
    int width = dims[dims.length - 1];
    GradientCheck.Function norm =
        in -> AddLayerNorm.addLayerNorm(in.get(0), in.get(1), in.get(2), in.get(3), 1e-3);
    GradientCheck.Function both =
        in -> {
          var result =
              AddLayerNorm.sumAndLayerNorm(in.get(0), in.get(1), in.get(2), in.get(3), 1e-3);
          return Multiply.multiply(result.sum(), result.norm());
        };
    return OpCase.of(
        draw.coin() ? norm : both,
        draw.normal(dims),
        draw.normal(dims),
        draw.normal(width),
        draw.normal(width));
  }

  /** A function along an axis of one input. */
  private static OpCase along(Draw draw, Function<Integer, GradientCheck.Function> function) {
    int rank = draw.between(1, 3);
    return OpCase.of(function.apply(draw.axis(rank)), draw.normal(draw.dims(rank)));
  }

  private static void folds(Map<Class<?>, Function<Draw, OpCase>> cases) {
    cases.put(
        Sum.class,
        draw -> {
          int[] axes = axes(draw);
          boolean keep = draw.coin();
          return OpCase.of(in -> Sum.sum(in.get(0), keep, axes), draw.normal(draw.dims(3)));
        });
    cases.put(
        Mean.class,
        draw -> {
          int[] axes = axes(draw);
          boolean keep = draw.coin();
          return OpCase.of(in -> Mean.mean(in.get(0), keep, axes), draw.normal(draw.dims(3)));
        });
    cases.put(
        Max.class,
        draw -> {
          boolean keep = draw.coin();
          return along(draw, axis -> in -> Max.max(in.get(0), keep, axis));
        });
  }

  /** Some of three axes, in any order, one or the other counted from the end. */
  private static int[] axes(Draw draw) {
    int[] order = Arrays.copyOf(draw.permutation(3), draw.between(0, 3));
    return Arrays.stream(order).map(axis -> draw.coin() ? axis : axis - 3).toArray();
  }

  private static void views(Map<Class<?>, Function<Draw, OpCase>> cases) {
    cases.put(
        Reshape.class,
        draw -> {
          int[] dims = draw.dims(3);
          int[] target = {dims[2], -1, dims[0]};
          return OpCase.of(in -> Reshape.reshape(in.get(0), target), draw.normal(dims));
        });
    cases.put(
        Transpose.class,
        draw -> {
          int axis0 = draw.axis(3);
          int axis1 = draw.axis(3);
          Tensor x = draw.normal(draw.dims(3));
          return OpCase.of(in -> Transpose.transpose(in.get(0), axis0, axis1), x);
        });
    cases.put(
        Permute.class,
        draw -> {
          int[] order = draw.permutation(4);
          order[0] = draw.coin() ? order[0] : order[0] - 4;
          return OpCase.of(in -> Permute.permute(in.get(0), order), draw.normal(draw.dims(4)));
        });
    cases.put(
        Slice.class,
        draw -> {
          int[] dims = draw.dims(3);
          int axis = draw.axis(3);
          int from = draw.between(0, dims[Math.floorMod(axis, 3)] - 1);
          int to = draw.between(from + 1, dims[Math.floorMod(axis, 3)]);
          return OpCase.of(in -> Slice.slice(in.get(0), axis, from, to), draw.normal(dims));
        });
    cases.put(
        Concat.class,
        draw -> {
          int[] dims = draw.dims(3);
          int axis = draw.axis(3);
          int[] other = dims.clone();
          other[Math.floorMod(axis, 3)] = draw.between(1, 4);
          return OpCase.of(in -> Concat.concat(in, axis), draw.normal(dims), draw.normal(other));
        });
    cases.put(
        Expand.class,
        draw -> {
          int[] dims = draw.dims(3);
          Tensor x = draw.normal(draw.broadcastable(dims));
          return OpCase.of(in -> Expand.expand(in.get(0), Shape.of(dims)), x);
        });
  }

  private static void lookups(Map<Class<?>, Function<Draw, OpCase>> cases) {
    cases.put(
        IndexSelect.class,
        draw -> {
          int[] dims = draw.dims(3);
          int axis = draw.axis(3);
          Tensor indices = draw.indices(dims[Math.floorMod(axis, 3)], draw.between(1, 5));
          return OpCase.of(
              in -> IndexSelect.indexSelect(in.get(0), axis, indices), draw.normal(dims));
        });
    cases.put(
        Embedding.class,
        draw -> {
          int rows = draw.between(1, 5);
          Tensor indices = draw.indices(rows, draw.dims(draw.between(0, 2)));
          return OpCase.of(
              in -> Embedding.embedding(in.get(0), indices), draw.normal(rows, draw.between(1, 3)));
        });
  }

  private static void losses(Map<Class<?>, Function<Draw, OpCase>> cases) {
    cases.put(
        CrossEntropy.class,
        draw -> {
          int rows = draw.between(1, 4);
          int classes = draw.between(1, 5);
          Tensor targets = draw.indices(classes, rows);
          Reduction reduction = draw.oneOf(Reduction.values());
          return OpCase.of(
              in -> CrossEntropy.crossEntropy(in.get(0), targets, reduction),
              draw.normal(rows, classes));
        });
    cases.put(LinearCrossEntropy.class, OpCases::linearCrossEntropy);
    cases.put(ContrastLogSumExp.class, OpCases::contrast);
    cases.put(
        InfoNce.class,
        draw -> {
          int[] dims = {draw.between(1, 4), draw.between(2, 4)};
          return OpCase.of(
              in -> InfoNce.infoNce(in.get(0), in.get(1), 0.5),
              draw.awayFromZero(dims),
              draw.awayFromZero(dims));
        });
  }

  /** Two of three or four things are duplicates, so that every row has a pair that counts. */
  private static OpCase contrast(Draw draw) {
    int count = draw.between(3, 4);
    int width = draw.between(1, 3);
    boolean withoutSelf = draw.coin();
    int ways = draw.between(1, 2);
    int others = withoutSelf ? ways : draw.between(1, 2);
    Tensor keys = Tensor.of(Arrays.copyOf(new int[] {7, 7, 1, 2}, count));
    Contrast rule = new Contrast(keys, draw.oneOf(Contrast.Duplicates.values()), withoutSelf);
    return OpCase.of(
        in -> ContrastLogSumExp.contrastLogSumExp(in.get(0), in.get(1), rule),
        draw.normal(ways * count, width),
        draw.normal(others * count, width));
  }

  /** All logits at once, and by blocks of rows as for many, the last with fewer rows. */
  private static OpCase linearCrossEntropy(Draw draw) {
    int rows = draw.between(1, 4);
    int classes = draw.between(1, 5);
    int width = draw.between(1, 3);
    int block = draw.between(1, 3);
    boolean few = draw.coin();
    Tensor targets = draw.indices(classes, rows);
    Reduction reduction = draw.oneOf(Reduction.values());
    GradientCheck.Function function =
        in -> {
          Variable bias = in.size() == 3 ? in.get(2) : null;
          return few
              ? LinearCrossEntropy.linearCrossEntropy(
                  in.get(0), in.get(1), bias, targets, reduction)
              : LinearCrossEntropy.inBlocks(in.get(0), in.get(1), bias, targets, reduction, block);
        };
    Tensor h = draw.normal(rows, width);
    Tensor weight = draw.normal(classes, width);
    return draw.coin()
        ? OpCase.of(function, h, weight)
        : OpCase.of(function, h, weight, draw.normal(classes));
  }

  private static int[] join(int[] dims, int... more) {
    int[] all = Arrays.copyOf(dims, dims.length + more.length);
    System.arraycopy(more, 0, all, dims.length, more.length);
    return all;
  }
}
