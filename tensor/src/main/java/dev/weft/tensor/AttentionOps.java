package dev.weft.tensor;

/** Attention as one computation, in the manner of {@link Ops}. */
public final class AttentionOps {
  private AttentionOps() {}

  /**
   * What attention gives, and what its backward pass needs besides the inputs.
   *
   * @param output [batch, heads, seqQ, valueDim], a view of row-major [batch, seqQ, heads,
   *     valueDim], so that the heads of a position can be joined without a copy
   * @param logSumExp of each query's scores, [batch, heads, seqQ]
   */
  public record Result(Tensor output, Tensor logSumExp) {}

  /** Gradients of the queries, keys and values. */
  public record Gradients(Tensor dq, Tensor dk, Tensor dv) {}

  /** Attention of every query to the keys; see {@link Backend#attention}. */
  public static Result attention(AttentionInputs in) {
    Tensor q = in.q();
    Tensor output = headsInside(q.dtype(), q.shape().with(3, in.v().dim(3)), q.device());
    Shape rows = Shape.of(q.dim(0), q.dim(1), q.dim(2));
    Tensor logSumExp = Tensor.empty(q.dtype(), rows, q.device());
    Backends.of(q.device()).attention(in, output, logSumExp);
    return new Result(output, logSumExp);
  }

  /** Gradients of all three; see {@link Backend#attentionBackward}. */
  public static Gradients attentionBackward(AttentionInputs in, Result result, Tensor gradOutput) {
    Checks.requireSame("attention backward", in.q(), gradOutput);
    if (!gradOutput.shape().equals(result.output().shape())) {
      throw new TensorException(
          "attention backward: gradient is " + gradOutput + " for " + result.output());
    }
    Tensor dq = alike(in.q());
    Tensor dk = alike(in.k());
    Tensor dv = alike(in.v());
    Backends.of(dq.device()).attentionBackward(in, result, gradOutput, dq, dk, dv);
    return new Gradients(dq, dk, dv);
  }

  /** Laid out as x seems to be: with the heads inside the positions, or row-major. */
  private static Tensor alike(Tensor x) {
    return x.stride(2) > x.stride(1) && x.dim(1) > 1
        ? headsInside(x.dtype(), x.shape(), x.device())
        : Ops.emptyLike(x);
  }

  /** [batch, heads, seq, width] over row-major [batch, seq, heads, width]. */
  private static Tensor headsInside(DType dtype, Shape shape, Device device) {
    Shape stored = Shape.of(shape.dim(0), shape.dim(2), shape.dim(1), shape.dim(3));
    return Tensor.empty(dtype, stored, device).transpose(1, 2);
  }
}
