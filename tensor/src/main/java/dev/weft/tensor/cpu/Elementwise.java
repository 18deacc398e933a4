package dev.weft.tensor.cpu;

import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;

/**
 * Everything that treats elements one by one, over operands of any strides.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class Elementwise<A> {
  private static final int SLOTS = 3;

  private final DType dtype;
  private final ElementLoops<A> loops;
  private final Workspace<A> workspace;
  private final Workspace<byte[]> conditions = new Workspace<>(DType.BOOL, 1);

  Elementwise(Loops<A> loops) {
    this.dtype = loops.dtype();
    this.loops = loops.elements();
    this.workspace = new Workspace<>(dtype, SLOTS);
  }

  void unary(UnaryOp op, Tensor x, Tensor out) {
    Walk walk = Walk.of(out, x);
    Operand<A> from = operand(x, walk, 1);
    A to = Dense.array(out);
    walk.forEach(
        limit(from),
        (at, n) -> loops.unary(op, from.array(at[1], n), from.start(at[1]), to, at[0], n));
  }

  void unaryBackward(UnaryOp op, Tensor x, Tensor gradOutput, Tensor out) {
    Walk walk = Walk.of(out, x, gradOutput);
    Operand<A> from = operand(x, walk, 1);
    Operand<A> g = operand(gradOutput, walk, 2);
    A to = Dense.array(out);
    walk.forEach(
        limit(from, g),
        (at, n) ->
            loops.unaryBackward(
                op,
                from.array(at[1], n),
                from.start(at[1]),
                g.array(at[2], n),
                g.start(at[2]),
                to,
                at[0],
                n));
  }

  void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
    Walk walk = Walk.of(out, a, b);
    Operand<A> left = operand(a, walk, 1);
    Operand<A> right = operand(b, walk, 2);
    A to = Dense.array(out);
    walk.forEach(
        limit(left, right),
        (at, n) ->
            loops.binary(
                op,
                left.array(at[1], n),
                left.start(at[1]),
                right.array(at[2], n),
                right.start(at[2]),
                to,
                at[0],
                n));
  }

  void compare(CompareOp op, Tensor a, Tensor b, Tensor out) {
    Walk walk = Walk.of(out, a, b);
    Operand<A> left = operand(a, walk, 1);
    Operand<A> right = operand(b, walk, 2);
    byte[] to = Dense.array(out);
    walk.forEach(
        limit(left, right),
        (at, n) ->
            loops.compare(
                op,
                left.array(at[1], n),
                left.start(at[1]),
                right.array(at[2], n),
                right.start(at[2]),
                to,
                at[0],
                n));
  }

  void select(Tensor condition, Tensor a, Tensor b, Tensor out) {
    Walk walk = Walk.of(out, a, b, condition);
    Operand<A> left = operand(a, walk, 1);
    Operand<A> right = operand(b, walk, 2);
    Operand<byte[]> chosen = new Operand<>(condition, walk.stride(3), DType.BOOL, conditions, 0);
    A to = Dense.array(out);
    walk.forEach(
        chosen.isDirect() ? limit(left, right) : Operand.RUN,
        (at, n) ->
            loops.select(
                chosen.array(at[3], n),
                chosen.start(at[3]),
                left.array(at[1], n),
                left.start(at[1]),
                right.array(at[2], n),
                right.start(at[2]),
                to,
                at[0],
                n));
  }

  void adamStep(AdamOptions options, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    AdamCoefficients coefficients = AdamCoefficients.of(options);
    A w = Dense.array(weight);
    A g = Dense.array(gradient);
    A first = Dense.array(m);
    A second = Dense.array(v);
    Threads.forRange(
        weight.numel(),
        Walk.GRAIN,
        (from, to) ->
            loops.adam(
                coefficients,
                w,
                weight.offset() + from,
                g,
                gradient.offset() + from,
                first,
                m.offset() + from,
                second,
                v.offset() + from,
                to - from));
  }

  private Operand<A> operand(Tensor tensor, Walk walk, int number) {
    return new Operand<>(tensor, walk.stride(number), dtype, workspace, number);
  }

  @SafeVarargs
  private static <A> int limit(Operand<A>... operands) {
    for (Operand<A> operand : operands) {
      if (!operand.isDirect()) {
        return Operand.RUN;
      }
    }
    return Walk.GRAIN;
  }
}
