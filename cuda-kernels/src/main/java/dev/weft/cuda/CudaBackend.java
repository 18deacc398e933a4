package dev.weft.cuda;

import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.AdamSlot;
import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.Backend;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.Contrast;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.MemoryUse;
import dev.weft.tensor.MixtureInputs;
import dev.weft.tensor.MixtureOps;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Storage;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import dev.weft.tensor.cpu.HeapStorage;
import java.lang.ref.Reference;
import java.util.List;
import java.util.function.Supplier;

/**
 * A CUDA device's backend: hands each primitive to the kernel family that has it. Kernels are
 * queued and run one after the other; a download waits for them.
 */
public final class CudaBackend implements Backend {
  private final CountedGpu gpu;
  private final Device device;
  private final MatmulPrecision precision;
  private final CudaMemory memory;
  private final CudaProducts products;
  private final CudaRows rows;
  private final CudaCrossEntropy crossEntropy;
  private final CudaContrast contrast;
  private final CudaLayerNorm layerNorm;
  private final CudaAttention attention;
  private final CudaMixture mixture;
  private final CudaElements elements;
  private final Walkable walkable;
  private final CudaReduce reduce;
  private final CudaLookup lookup;
  private final CudaRandom random;
  private final CudaRanking ranking;
  private final CudaAdam adam;

  /**
   * Over a device, with our own kernels for products.
   *
   * @param precision of products and attention in F32; F64 is not touched
   */
  CudaBackend(Gpu gpu, Device device, MatmulPrecision precision) {
    this(gpu, device, precision, ProductsChoice.OWN);
  }

  /** The same with a choice of what multiplies. */
  CudaBackend(Gpu gpu, Device device, MatmulPrecision precision, ProductsChoice choice) {
    this.gpu = new CountedGpu(gpu);
    this.device = device;
    this.precision = precision;
    this.memory = new CudaMemory(this.gpu, device);
    this.products = new CudaProducts(this.gpu, memory, choice);
    this.rows = new CudaRows(this.gpu, memory);
    this.contrast = new CudaContrast(this.gpu);
    this.layerNorm = new CudaLayerNorm(this.gpu, memory);
    this.attention = new CudaAttention(this.gpu, memory);
    this.mixture = new CudaMixture(this.gpu, memory);
    this.elements = new CudaElements(this.gpu, memory);
    this.walkable = new Walkable(memory, elements);
    this.reduce = new CudaReduce(this.gpu, memory);
    this.lookup = new CudaLookup(this.gpu, memory);
    this.crossEntropy = new CudaCrossEntropy(this.gpu, lookup);
    this.random = new CudaRandom(this.gpu, memory);
    this.ranking = new CudaRanking(this.gpu, memory);
    this.adam = new CudaAdam(this.gpu, memory);
  }

  /** What has passed between host and device. */
  public Traffic traffic() {
    return gpu.traffic();
  }

  /** What multiplies matrices: cuBLAS and its version, or our own kernels and why. */
  public String products() {
    return products.description();
  }

  /** Waits until the device has done all that was asked. */
  public void synchronize() {
    gpu.synchronize();
  }

  /**
   * Notes what some work queues, to be done again with one call: work of fixed shape, whose inputs
   * are on the device and keep their places. Runs it twice first. No other thread may use the
   * device meanwhile.
   */
  public CudaGraph capture(Supplier<List<Tensor>> work) {
    return new CudaGraph(gpu, memory, this, work);
  }

  /**
   * Milliseconds that the device spends on what some work queues, by its own clock; on the PTX
   * machine, by the host's.
   */
  public double millis(Runnable work) {
    long from = gpu.mark();
    work.run();
    return gpu.millis(from, gpu.mark());
  }

  @Override
  public String name() {
    if (precision == MatmulPrecision.FLOAT32) {
      return "cuda (" + gpu.name() + ")";
    }
    if (gpu.capability() >= MatmulPrecision.LEAST_CAPABILITY) {
      return "cuda (" + gpu.name() + ", products in " + precision + ")";
    }
    return "cuda (%s, products in FLOAT32: compute capability %.1f has no %s)"
        .formatted(gpu.name(), gpu.capability() / 10.0, precision);
  }

  @Override
  public Device device() {
    return device;
  }

  /**
   * Where a primitive has been queued: until here its operands are in use. Without this, the
   * garbage collector might find one whose address is all that is still needed. After a failure
   * nothing has been queued that uses them, hence no finally.
   */
  @SuppressWarnings("ReachabilityFenceUsage")
  private static void done(Object... operands) {
    for (Object operand : operands) {
      Reference.reachabilityFence(operand);
    }
  }

  // ---- Memory --------------------------------------------------------------------------------

  @Override
  public Storage allocate(DType dtype, int length, boolean recycled) {
    return recycled ? memory.take(dtype, length) : memory.collected(dtype, length);
  }

  @Override
  public MemoryUse memory() {
    return memory.use();
  }

  @Override
  public HeapStorage download(Tensor tensor) {
    HeapStorage result = HostArrays.allocate(tensor.dtype(), tensor.numel());
    if (tensor.numel() > 0) {
      gpu.download(CudaStorage.address(tensor), HostArrays.bytes(result, tensor.numel()));
    }
    return result;
  }

  @Override
  public void upload(HeapStorage source, Tensor out) {
    if (out.numel() > 0) {
      gpu.upload(HostArrays.bytes(source, out.numel()), CudaStorage.address(out));
      IndexRange.uploaded(source, out);
    }
  }

  // ---- Elements ------------------------------------------------------------------------------

  @Override
  public void fill(Tensor out, double value) {
    elements.fill(out, value);
    done(out);
  }

  @Override
  public void copy(Tensor source, Tensor out) {
    elements.copy(source, out);
    done(source, out);
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor out) {
    walkable.together(in -> elements.unary(op, in[0], out), x);
    done(x, out);
  }

  @Override
  public void unaryBackward(UnaryOp op, Tensor x, Tensor gradOutput, Tensor out) {
    walkable.together(in -> elements.unaryBackward(op, in[0], in[1], out), x, gradOutput);
    done(x, gradOutput, out);
  }

  @Override
  public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
    walkable.together(in -> elements.binary(op, in[0], in[1], out), a, b);
    done(a, b, out);
  }

  @Override
  public void compare(CompareOp op, Tensor a, Tensor b, Tensor out) {
    walkable.together(in -> elements.compare(op, in[0], in[1], out), a, b);
    done(a, b, out);
  }

  @Override
  public void select(Tensor condition, Tensor a, Tensor b, Tensor out) {
    walkable.together(in -> elements.select(in[0], in[1], in[2], out), condition, a, b);
    done(condition, a, b, out);
  }

  // ---- Folding and ranking -------------------------------------------------------------------

  @Override
  public void reduce(ReduceOp op, Tensor x, Tensor out) {
    reduce.reduce(op, x, out);
    done(x, out);
  }

  @Override
  public void argMax(Tensor x, Tensor out) {
    walkable.together(in -> reduce.argMax(in[0], out), x);
    done(x, out);
  }

  @Override
  public void topK(Tensor x, Tensor values, Tensor indices) {
    ranking.topK(x, values, indices);
    done(x, values, indices);
  }

  // ---- Matrices and rows ---------------------------------------------------------------------

  @Override
  public void matmul(Tensor a, Tensor b, MatmulTail tail, Tensor out) {
    walkable.factors(in -> products.matmul(precision, in[0], in[1], tail, out), a, b);
    done(a, b, tail, out);
  }

  @Override
  public void softmax(Tensor x, Tensor out) {
    walkable.rows(in -> rows.softmax(in[0], out), x);
    done(x, out);
  }

  @Override
  public void softmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    walkable.rows(in -> rows.softmaxBackward(in[0], in[1], out), y, gradOutput);
    done(y, gradOutput, out);
  }

  @Override
  public void logSoftmax(Tensor x, Tensor out) {
    walkable.rows(in -> rows.logSoftmax(in[0], out), x);
    done(x, out);
  }

  @Override
  public void logSoftmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    walkable.rows(in -> rows.logSoftmaxBackward(in[0], in[1], out), y, gradOutput);
    done(y, gradOutput, out);
  }

  @Override
  public void logSumExp(Tensor x, Tensor out) {
    walkable.rows(in -> rows.logSumExp(in[0], out), x);
    done(x, out);
  }

  @Override
  public void crossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor scales) {
    crossEntropy.crossEntropy(logits, targets, losses, scales);
    done(logits, targets, losses, scales);
  }

  @Override
  public void contrast(Tensor logits, Contrast rule, Tensor out) {
    contrast.contrast(logits, rule, out);
    done(logits, rule, out);
  }

  @Override
  public void contrastBackward(Tensor logits, Contrast rule, Tensor logSumExp, Tensor gradOutput) {
    contrast.backward(logits, rule, logSumExp, gradOutput);
    done(logits, rule, logSumExp, gradOutput);
  }

  @Override
  public void layerNorm(LayerNormInputs in, LayerNormOps.Result to) {
    walkable.rows(
        x ->
            layerNorm.layerNorm(
                new LayerNormInputs(x[0], x[1], in.gamma(), in.beta(), in.epsilon()), to),
        in.x(),
        in.residual());
    done(in, to);
  }

  @Override
  public void layerNormBackward(
      Tensor gamma, LayerNormOps.Result result, Tensor gradOutput, LayerNormOps.Gradients to) {
    walkable.rows(
        in ->
            layerNorm.layerNormBackward(
                gamma,
                new LayerNormOps.Result(in[0], result.output(), result.mean(), result.rstd()),
                in[1],
                to),
        result.sum(),
        gradOutput);
    done(gamma, result, gradOutput, to);
  }

  // ---- Attention and mixture -----------------------------------------------------------------

  @Override
  public void attention(AttentionInputs in, Tensor out, Tensor logSumExp) {
    attention.attention(precision, in, out, logSumExp);
    done(in, out, logSumExp);
  }

  @Override
  public void attentionBackward(
      AttentionInputs in,
      AttentionOps.Result result,
      Tensor gradOutput,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    attention.attentionBackward(precision, in, result, gradOutput, dq, dk, dv);
    done(in, result, gradOutput, dq, dk, dv);
  }

  @Override
  public void mixture(MixtureInputs in, MixtureOps.Result to) {
    mixture.mixture(in, to);
    done(in, to);
  }

  @Override
  public void mixtureBackward(
      MixtureInputs in, MixtureOps.Result result, Tensor gradOutput, MixtureOps.Gradients to) {
    mixture.mixtureBackward(in, result, gradOutput, to);
    done(in, result, gradOutput, to);
  }

  // ---- Rows by index -------------------------------------------------------------------------

  @Override
  public void gather(Tensor table, Tensor indices, Tensor out) {
    walkable.together(in -> lookup.gather(table, in[0], out), indices);
    done(table, indices, out);
  }

  @Override
  public void scatterAdd(Tensor indices, Tensor source, Tensor out) {
    walkable.together(in -> lookup.scatterAdd(in[0], source, out), indices);
    done(indices, source, out);
  }

  // ---- Random numbers and optimiser ----------------------------------------------------------

  @Override
  public void randomUniform(RandomKey key, Tensor out) {
    random.randomUniform(key, out);
    done(out);
  }

  @Override
  public void randomNormal(RandomKey key, Tensor out) {
    random.randomNormal(key, out);
    done(out);
  }

  @Override
  public void dropout(Tensor x, double probability, RandomKey key, Tensor out) {
    walkable.together(in -> random.dropout(in[0], probability, key, out), x);
    done(x, out);
  }

  @Override
  public void adamStep(AdamOptions options, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    adam.adamStep(options, weight, gradient, m, v);
    done(weight, gradient, m, v);
  }

  @Override
  public void adamSteps(AdamOptions options, List<AdamSlot> slots, Tensor factor) {
    adam.adamSteps(options, slots, factor);
    done(slots, factor);
  }

  @Override
  public void sumOfSquares(List<Tensor> tensors, Tensor out) {
    adam.sumOfSquares(tensors, out);
    done(tensors, out);
  }
}
