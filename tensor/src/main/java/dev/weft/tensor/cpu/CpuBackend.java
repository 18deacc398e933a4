package dev.weft.tensor.cpu;

import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.Contrast;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.MixtureInputs;
import dev.weft.tensor.MixtureOps;
import dev.weft.tensor.PackedMatrix;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.RowSource;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.function.Consumer;

/**
 * The processor's fast backend: hands each primitive to the kernel family that has it, for the
 * operands' type. Where the loops come from is chosen once, by {@link #plain} or {@link #simd}.
 */
public final class CpuBackend extends HostBackend {
  private final String name;
  private final Kernels<float[]> f32;
  private final Kernels<double[]> f64;

  private CpuBackend(String name, Loops<float[]> f32, Loops<double[]> f64) {
    this.name = name;
    this.f32 = Kernels.over(f32);
    this.f64 = Kernels.over(f64);
  }

  /** With loops in plain Java. */
  public static CpuBackend plain() {
    return new CpuBackend("cpu-plain", PlainLoops.f32(), PlainLoops.f64());
  }

  /** With the Vector API; needs {@code --add-modules jdk.incubator.vector}. */
  public static CpuBackend simd() {
    return new CpuBackend("cpu-simd", SimdLoops.f32(), SimdLoops.f64());
  }

  /** The kernels of a type; types that nothing computes in are converted to F64. */
  private Kernels<?> kernels(Tensor tensor) {
    return tensor.dtype() == DType.F32 ? f32 : f64;
  }

  /** Runs a kernel on {@code out}, or on a copy in F64 where {@code out} is of another type. */
  private static void compute(Tensor out, Consumer<Tensor> kernel) {
    if (out.dtype().isComputable()) {
      kernel.accept(out);
      return;
    }
    try (Dense wide = Dense.temporary(DType.F64, out.shape())) {
      kernel.accept(wide.tensor());
      Copy.copy(wide.tensor(), out);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void fill(Tensor out, double value) {
    Copy.fill(out, value);
  }

  @Override
  public void copy(Tensor source, Tensor out) {
    Copy.copy(source, out);
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor out) {
    kernels(out).elementwise().unary(op, x, out);
  }

  @Override
  public void unaryBackward(UnaryOp op, Tensor x, Tensor gradOutput, Tensor out) {
    kernels(out).elementwise().unaryBackward(op, x, gradOutput, out);
  }

  @Override
  public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
    compute(out, result -> kernels(result).elementwise().binary(op, a, b, result));
  }

  @Override
  public void compare(CompareOp op, Tensor a, Tensor b, Tensor out) {
    kernels(a).elementwise().compare(op, a, b, out);
  }

  @Override
  public void select(Tensor condition, Tensor a, Tensor b, Tensor out) {
    compute(out, result -> kernels(result).elementwise().select(condition, a, b, result));
  }

  @Override
  public void reduce(ReduceOp op, Tensor x, Tensor out) {
    kernels(x).reduce().reduce(op, x, out);
  }

  @Override
  public void argMax(Tensor x, Tensor out) {
    Ranking.argMax(x, out);
  }

  @Override
  public void matmul(Tensor a, Tensor b, MatmulTail tail, Tensor out) {
    kernels(out).gemm().multiply(a, b, tail, out);
  }

  @Override
  public PackedMatrix pack(Tensor weight) {
    HeapStorage storage = ((HeapStorage) weight.storage()).takeOver();
    int width = panel(weight.dtype());
    PackedPanels.pack(storage.array(), weight.dim(0), weight.dim(1), width);
    return new PackedMatrix(Tensor.over(storage, weight.shape(), 0), width);
  }

  @Override
  public PackedMatrix pack(RowSource weight) {
    return new PackedMatrix(weight, Device.CPU, panel(weight.dtype()));
  }

  @Override
  public void unpack(PackedMatrix packed, Tensor out) {
    Copy.copy(packed.elements(), out);
    PackedPanels.unpack(Dense.array(out), packed.columns(), packed.rows(), packed.panel());
  }

  /** Columns side by side: the tile's of the type that products with such elements compute in. */
  private int panel(DType dtype) {
    return (dtype == DType.F64 ? f64 : f32).gemm().panel();
  }

  @Override
  public void matmul(Tensor a, PackedMatrix b, MatmulTail tail, Tensor out) {
    b.layOutWhenDue(() -> PackedPanels.read(b.source(), b.panel()));
    kernels(out).gemm().multiply(a, b, tail, out);
  }

  @Override
  public void softmax(Tensor x, Tensor out) {
    kernels(x).softmax().softmax(x, out);
  }

  @Override
  public void softmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    kernels(y).softmax().softmaxBackward(y, gradOutput, out);
  }

  @Override
  public void logSoftmax(Tensor x, Tensor out) {
    kernels(x).softmax().logSoftmax(x, out);
  }

  @Override
  public void logSoftmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    kernels(y).softmax().logSoftmaxBackward(y, gradOutput, out);
  }

  @Override
  public void logSumExp(Tensor x, Tensor out) {
    kernels(x).softmax().logSumExp(x, out);
  }

  @Override
  public void crossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor scales) {
    kernels(logits).crossEntropy().run(logits, targets, losses, scales);
  }

  @Override
  public void contrast(Tensor logits, Contrast rule, Tensor out) {
    kernels(logits).contrast().logSumExp(logits, rule, out);
  }

  @Override
  public void contrastBackward(Tensor logits, Contrast rule, Tensor logSumExp, Tensor gradOutput) {
    kernels(logits).contrast().backward(logits, rule, logSumExp, gradOutput);
  }

  @Override
  public void layerNorm(LayerNormInputs in, LayerNormOps.Result to) {
    kernels(in.x()).layerNorm().forward(in, to);
  }

  @Override
  public void layerNormBackward(
      Tensor gamma, LayerNormOps.Result result, Tensor gradOutput, LayerNormOps.Gradients to) {
    kernels(gamma).layerNorm().backward(gamma, result, gradOutput, to);
  }

  @Override
  public void attention(AttentionInputs in, Tensor out, Tensor logSumExp) {
    kernels(out).attention().attend(in, out, logSumExp);
  }

  @Override
  public void attentionBackward(
      AttentionInputs in,
      AttentionOps.Result result,
      Tensor gradOutput,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    var gradients = new TiledAttentionBackward.Gradients(dq, dk, dv);
    kernels(dq).attentionBackward().differentiate(in, result, gradOutput, gradients);
  }

  @Override
  public void mixture(MixtureInputs in, MixtureOps.Result to) {
    kernels(in.x()).mixture().forward(in, to);
  }

  @Override
  public void mixtureBackward(
      MixtureInputs in, MixtureOps.Result result, Tensor gradOutput, MixtureOps.Gradients to) {
    kernels(in.x()).mixture().backward(in, result, gradOutput, to);
  }

  @Override
  public void gather(Tensor table, Tensor indices, Tensor out) {
    Lookup.gather(table, indices, out);
  }

  @Override
  public void scatterAdd(Tensor indices, Tensor source, Tensor out) {
    kernels(out).scatterAdd(indices, source, out);
  }

  @Override
  public void randomUniform(RandomKey key, Tensor out) {
    kernels(out).random().uniform(key, out);
  }

  @Override
  public void randomNormal(RandomKey key, Tensor out) {
    kernels(out).random().normal(key, out);
  }

  @Override
  public void dropout(Tensor x, double probability, RandomKey key, Tensor out) {
    kernels(out).random().dropout(x, probability, key, out);
  }

  @Override
  public void topK(Tensor x, Tensor values, Tensor indices) {
    Ranking.topK(x, values, indices);
  }

  @Override
  public void adamStep(AdamOptions options, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    kernels(weight).elementwise().adamStep(options, weight, gradient, m, v);
  }
}
