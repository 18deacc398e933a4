package dev.weft.tensor;

import dev.weft.tensor.cpu.HeapStorage;
import java.util.Arrays;
import java.util.List;

/**
 * The primitives that a device supplies; everything else is composed from them in {@link Ops}.
 *
 * <p>Contract, held by one test suite for every implementation: operands are views with any strides
 * unless a method says otherwise; {@code out} is allocated by the caller, contiguous, has the
 * result's shape and does not overlap an operand, except that an element-wise {@code out} may be an
 * operand itself; floating operands share one computable type (F32 or F64); NaN in gives NaN out;
 * tensors with no elements are legal. {@link Ops} has checked shapes and types before a primitive
 * is called. Integers are computed with by way of F64, and so exactly up to 2^53.
 */
public interface Backend {

  /** A short name for reports, such as {@code cpu-simd}. */
  String name();

  /** The device whose tensors these primitives take. */
  Device device();

  /**
   * Uninitialised memory for {@code length} elements.
   *
   * @param recycled whether a Scope will release it: then it may come from, and return to, a pool
   */
  Storage allocate(DType dtype, int length, boolean recycled);

  /** What the pool behind {@link Scope} has done on this device, and what it holds. */
  MemoryUse memory();

  /** Copies a contiguous tensor's elements to the host. */
  HeapStorage download(Tensor tensor);

  /** Copies host elements, from index 0 on, into a contiguous tensor of the same type. */
  void upload(HeapStorage source, Tensor out);

  /** {@code out = value} everywhere. */
  void fill(Tensor out, double value);

  /**
   * {@code out = source}, converted to {@code out}'s type; here {@code out} may have any strides.
   */
  void copy(Tensor source, Tensor out);

  /** {@code out = op(x)}. */
  void unary(UnaryOp op, Tensor x, Tensor out);

  /** {@code out = gradOutput · op'(x)}. */
  void unaryBackward(UnaryOp op, Tensor x, Tensor gradOutput, Tensor out);

  /**
   * {@code out = op(a, b)}; operands already have {@code out}'s shape (stride 0 where stretched).
   */
  void binary(BinaryOp op, Tensor a, Tensor b, Tensor out);

  /** {@code out = a op b}, BOOL; operands already have {@code out}'s shape. */
  void compare(CompareOp op, Tensor a, Tensor b, Tensor out);

  /** {@code out = condition ? a : b}; all operands already have {@code out}'s shape. */
  void select(Tensor condition, Tensor a, Tensor b, Tensor out);

  /**
   * Folds {@code x} along every axis where {@code out} has extent 1 and {@code x} may have more.
   */
  void reduce(ReduceOp op, Tensor x, Tensor out);

  /**
   * Index of the greatest element of each row (the first one of equals; NaN is above everything),
   * I32: [..., n] to [...].
   */
  void argMax(Tensor x, Tensor out);

  /**
   * {@code out = tail(a b)}: [..., m, k] × [..., k, n] to [..., m, n]; the leading axes of both
   * operands already have {@code out}'s extents (stride 0 where stretched). A transposed operand is
   * a view with exchanged strides. Where a is F32, b may also be F16 or BF16.
   */
  void matmul(Tensor a, Tensor b, MatmulTail tail, Tensor out);

  /**
   * Lays a weight W [n, k] out for {@link #matmul(Tensor, PackedMatrix, MatmulTail, Tensor)}, in
   * its own memory; here as it is. W is contiguous and fills its storage, which is not used any
   * more.
   */
  default PackedMatrix pack(Tensor weight) {
    return new PackedMatrix(weight, 0);
  }

  /** The same for a weight that lies in a source; here it is loaded. */
  default PackedMatrix pack(RowSource weight) {
    return pack(Scope.detach(weight.load()));
  }

  /** Writes W, [n, k], as it was before {@link #pack}. */
  default void unpack(PackedMatrix packed, Tensor out) {
    copy(packed.elements(), out);
  }

  /**
   * {@code out = tail(a b)}: [m, k] × [k, n], b packed by this backend. From three rows on the same
   * bits as {@link #matmul(Tensor, Tensor, MatmulTail, Tensor)} of Wᵀ; fewer are added up in
   * another order there.
   */
  default void matmul(Tensor a, PackedMatrix b, MatmulTail tail, Tensor out) {
    matmul(a, b.elements().transpose(0, 1), tail, out);
  }

  /**
   * Softmax of each row, [..., n]; computed from {@code x - max}. A row of negative infinities only
   * (everything masked) gives zeros.
   */
  void softmax(Tensor x, Tensor out);

  /** {@code out = y (g - Σ y g)} for each row: the gradient through {@code y = softmax(x)}. */
  void softmaxBackward(Tensor y, Tensor gradOutput, Tensor out);

  /** {@code out = (x - max) - log Σ exp(x - max)} for each row, [..., n]. */
  void logSoftmax(Tensor x, Tensor out);

  /** {@code out = g - exp(y) Σ g} for each row: the gradient through {@code y = logSoftmax(x)}. */
  void logSoftmaxBackward(Tensor y, Tensor gradOutput, Tensor out);

  /** {@code log Σ exp(x)} of each row: [..., n] to [...]. */
  void logSumExp(Tensor x, Tensor out);

  /**
   * Cross-entropy of each row of logits x with the class t that is right, {@code log Σ exp(x) -
   * x_t}, and the gradients of that, {@code softmax(x)_j - [j = t]}. With m the greatest of the
   * other logits these are {@code scale e_j} for {@code e_j = exp(x_j - m)} and {@code e_t = -Σ_{j
   * ≠ t} e_j}: so they keep their digits where class t is nearly certain, and a product with all of
   * them may multiply its rows by the scales instead. Here composed of other primitives.
   *
   * @param logits [rows, n], contiguous; overwritten by e
   * @param targets [rows], I32, contiguous, from 0 to n - 1
   * @param losses [rows]
   * @param scales [rows]
   */
  default void crossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor scales) {
    ComposedCrossEntropy.run(this, logits, targets, losses, scales);
  }

  /**
   * {@code log Σ exp(x)} of each row of each block of n columns, over the pairs that count: [P n, Q
   * n] to [P n, Q]. Negative infinity where none does.
   *
   * @param logits contiguous; those of pairs that do not count mean nothing afterwards
   */
  void contrast(Tensor logits, Contrast rule, Tensor out);

  /**
   * The gradient of {@link #contrast} in the logits' place: {@code x ← g exp(x - y)} for the pairs
   * that count with the logit they have, else 0.
   *
   * @param logits as {@link #contrast} got or left them; contiguous
   * @param logSumExp y, [P n, Q]
   * @param gradOutput g, [P n, Q], contiguous
   */
  void contrastBackward(Tensor logits, Contrast rule, Tensor logSumExp, Tensor gradOutput);

  /**
   * Layer normalisation of each row, {@code (x - mean) rstd gamma + beta} with {@code rstd =
   * 1/√(var + epsilon)} and the biased variance; Ba et al., arXiv 1607.06450. Where there is a
   * residual, {@code sum = x + residual} takes the place of x.
   *
   * @param to everything is written, but the sum only if there is a residual: else it is x itself.
   *     The sum may be the output, where it is not wanted
   */
  void layerNorm(LayerNormInputs in, LayerNormOps.Result to);

  /**
   * Gradients of {@link #layerNorm}, all overwritten, row-major. That of the sum is that of both
   * its terms, and of the inputs only gamma is needed.
   *
   * @param gamma of the inputs, [n]
   * @param result what the forward pass gave, with the sum; the output is not read
   */
  void layerNormBackward(
      Tensor gamma, LayerNormOps.Result result, Tensor gradOutput, LayerNormOps.Gradients to);

  /**
   * Scaled dot-product attention (Vaswani et al., arXiv 1706.03762, eq. 1), {@code out = D v} with
   * {@code P = softmax(scale · q kᵀ)} over the keys that the mask lets through and {@code D =
   * dropout(P)}, the one of {@link #dropout} on row-major [batch, heads, seqQ, seqK], whose
   * positions may go beyond 2^31. A query that has nothing to attend to gets 0. What a masked key
   * holds does not matter as long as it is finite.
   *
   * @param out [batch, heads, seqQ, valueDim]; any strides, but its rows are dense
   * @param logSumExp of each query's scores, [batch, heads, seqQ], written for the backward pass
   */
  void attention(AttentionInputs in, Tensor out, Tensor logSumExp);

  /**
   * Gradients of {@link #attention}: {@code dv = Dᵀ g}; {@code dP = dropout'(g vᵀ)}; {@code dS = P
   * (dP - Σ P dP)}; {@code dq = scale · dS k}; {@code dk = scale · dSᵀ q}.
   *
   * @param result what the forward pass gave
   * @param dq as q; dq, dk and dv are overwritten, may have any strides, but their rows are dense
   */
  void attentionBackward(
      AttentionInputs in,
      AttentionOps.Result result,
      Tensor gradOutput,
      Tensor dq,
      Tensor dk,
      Tensor dv);

  /**
   * Mixture of layer norms, as a mixture of experts ends with: {@code y = Σ_k g_k LayerNorm(x_k;
   * γ_k, β_k)} for each row. Of the result, everything is written.
   */
  void mixture(MixtureInputs in, MixtureOps.Result to);

  /** Gradients of {@link #mixture}, all overwritten: row-major, of the inputs' shapes. */
  void mixtureBackward(
      MixtureInputs in, MixtureOps.Result result, Tensor gradOutput, MixtureOps.Gradients to);

  /** Rows by index: table [rows, width], indices [...] (I32 or I64) to [..., width]. */
  void gather(Tensor table, Tensor indices, Tensor out);

  /**
   * Adds rows by index, in the order of the indices so that the result is always the same bits:
   * {@code out[indices[i]] += source[i]}; source [..., width], out [rows, width].
   */
  void scatterAdd(Tensor indices, Tensor source, Tensor out);

  /** Uniform numbers of [0, 1) from a {@link Philox} stream. */
  void randomUniform(RandomKey key, Tensor out);

  /** Standard normal numbers from a {@link Philox} stream. */
  void randomNormal(RandomKey key, Tensor out);

  /**
   * Inverted dropout: {@code out = x / (1 - probability)} where the key's uniform number is at
   * least {@code probability}, else 0. The mask depends on the key and the position only, so the
   * gradient is the same call on the gradient.
   */
  void dropout(Tensor x, double probability, RandomKey key, Tensor out);

  /**
   * The k greatest elements of each row in falling order, NaN above everything; equals in rising
   * order of index.
   *
   * @param x [..., n], contiguous
   * @param values [..., k]
   * @param indices [..., k], I32
   */
  void topK(Tensor x, Tensor values, Tensor indices);

  /** One Adam or AdamW step in place; all four are contiguous and of one shape. */
  void adamStep(AdamOptions options, Tensor weight, Tensor gradient, Tensor m, Tensor v);

  /**
   * The same step for a list of parameters, each gradient being multiplied by {@code factor} first,
   * perhaps in place. Where that is not finite, nothing changes.
   *
   * @param factor [1], F64
   */
  default void adamSteps(AdamOptions options, List<AdamSlot> slots, Tensor factor) {
    double times = download(factor).get(0);
    if (!Double.isFinite(times)) {
      return;
    }
    for (AdamSlot slot : slots) {
      Tensor gradient = slot.gradient();
      if (times != 1) {
        try (Scope _ = Scope.open()) {
          Tensor scalar = Tensor.full(gradient.dtype(), Shape.of(), device(), times);
          binary(BinaryOp.MULTIPLY, gradient, scalar.expand(gradient.shape()), gradient);
        }
      }
      adamStep(options, slot.weight(), gradient, slot.m(), slot.v());
    }
  }

  /**
   * The sum of the squares of all elements of all tensors.
   *
   * @param tensors contiguous
   * @param out [1], F64
   */
  default void sumOfSquares(List<Tensor> tensors, Tensor out) {
    double total = 0;
    for (Tensor x : tensors) {
      try (Scope _ = Scope.open()) {
        Tensor squares = Ops.emptyLike(x);
        binary(BinaryOp.MULTIPLY, x, x, squares);
        int[] ones = new int[x.rank()];
        Arrays.fill(ones, 1);
        Tensor sum = Tensor.empty(x.dtype(), Shape.of(ones), device());
        reduce(ReduceOp.SUM, squares, sum);
        total += download(sum).get(0);
      }
    }
    fill(out, total);
  }
}
