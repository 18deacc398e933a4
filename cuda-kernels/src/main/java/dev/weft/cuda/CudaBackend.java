package dev.weft.cuda;

import dev.weft.cuda.HostRoute.Primitive;
import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.Backend;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
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

/**
 * A CUDA device's backend: hands each primitive to the kernel family that has it. Kernels are
 * queued and run one after the other; a download waits for them.
 */
public final class CudaBackend implements Backend {
  private final CountedGpu gpu;
  private final Device device;
  private final CudaMemory memory;
  private final CudaMatmul matmul;
  private final CudaRows rows;
  private final CudaLayerNorm layerNorm;
  private final CudaAttention attention;
  private final CudaMixture mixture;
  private final HostRoute host;

  CudaBackend(Gpu gpu, Device device) {
    this.gpu = new CountedGpu(gpu);
    this.device = device;
    this.memory = new CudaMemory(this.gpu, device);
    this.matmul = new CudaMatmul(this.gpu, memory);
    this.rows = new CudaRows(this.gpu, memory);
    this.layerNorm = new CudaLayerNorm(this.gpu, memory);
    this.attention = new CudaAttention(this.gpu, memory);
    this.mixture = new CudaMixture(this.gpu, memory);
    this.host = new HostRoute(this.gpu);
  }

  /** Primitives that have no kernel and are computed on the processor, by name. */
  public static List<String> onTheCpu() {
    return HostRoute.primitives();
  }

  /** What has passed between host and device. */
  public Traffic traffic() {
    return gpu.traffic();
  }

  /** Waits until the device has done all that was asked. */
  public void synchronize() {
    gpu.synchronize();
  }

  @Override
  public String name() {
    return "cuda (" + gpu.name() + ")";
  }

  @Override
  public Device device() {
    return device;
  }

  /**
   * Where a primitive has been queued: until here its operands are in use. Without this, the
   * garbage collector might find one whose address is all that is still needed.
   */
  @SuppressWarnings(
      "ReachabilityFenceUsage") // the caller has no need of finally: a failed launch uses nothing
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
    host.run(Primitive.FILL, c -> host.cpu().fill(c.out(out), value));
  }

  @Override
  public void copy(Tensor source, Tensor out) {
    host.run(Primitive.COPY, c -> host.cpu().copy(c.in(source), c.out(out)));
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor out) {
    host.run(Primitive.UNARY, c -> host.cpu().unary(op, c.in(x), c.out(out)));
  }

  @Override
  public void unaryBackward(UnaryOp op, Tensor x, Tensor gradOutput, Tensor out) {
    host.run(
        Primitive.UNARY_BACKWARD,
        c -> host.cpu().unaryBackward(op, c.in(x), c.in(gradOutput), c.out(out)));
  }

  @Override
  public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
    host.run(Primitive.BINARY, c -> host.cpu().binary(op, c.in(a), c.in(b), c.out(out)));
  }

  @Override
  public void compare(CompareOp op, Tensor a, Tensor b, Tensor out) {
    host.run(Primitive.COMPARE, c -> host.cpu().compare(op, c.in(a), c.in(b), c.out(out)));
  }

  @Override
  public void select(Tensor condition, Tensor a, Tensor b, Tensor out) {
    host.run(
        Primitive.SELECT, c -> host.cpu().select(c.in(condition), c.in(a), c.in(b), c.out(out)));
  }

  // ---- Folding and ranking -------------------------------------------------------------------

  @Override
  public void reduce(ReduceOp op, Tensor x, Tensor out) {
    host.run(Primitive.REDUCE, c -> host.cpu().reduce(op, c.in(x), c.out(out)));
  }

  @Override
  public void argMax(Tensor x, Tensor out) {
    host.run(Primitive.ARG_MAX, c -> host.cpu().argMax(c.in(x), c.out(out)));
  }

  @Override
  public void topK(Tensor x, Tensor values, Tensor indices) {
    host.run(Primitive.TOP_K, c -> host.cpu().topK(c.in(x), c.out(values), c.out(indices)));
  }

  // ---- Matrices and rows ---------------------------------------------------------------------

  @Override
  public void matmul(Tensor a, Tensor b, MatmulTail tail, Tensor out) {
    matmul.matmul(a, b, tail, out);
    done(a, b, tail, out);
  }

  @Override
  public void softmax(Tensor x, Tensor out) {
    rows.softmax(x, out);
    done(x, out);
  }

  @Override
  public void softmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    rows.softmaxBackward(y, gradOutput, out);
    done(y, gradOutput, out);
  }

  @Override
  public void logSoftmax(Tensor x, Tensor out) {
    rows.logSoftmax(x, out);
    done(x, out);
  }

  @Override
  public void logSoftmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    rows.logSoftmaxBackward(y, gradOutput, out);
    done(y, gradOutput, out);
  }

  @Override
  public void logSumExp(Tensor x, Tensor out) {
    rows.logSumExp(x, out);
    done(x, out);
  }

  @Override
  public void layerNorm(
      Tensor x, Tensor gamma, Tensor beta, double epsilon, Tensor out, Tensor mean, Tensor rstd) {
    layerNorm.layerNorm(x, gamma, beta, epsilon, out, mean, rstd);
    done(x, gamma, beta, out, mean, rstd);
  }

  @Override
  public void addLayerNorm(
      Tensor x,
      Tensor residual,
      Tensor gamma,
      Tensor beta,
      double epsilon,
      Tensor sum,
      Tensor out,
      Tensor mean,
      Tensor rstd) {
    layerNorm.addLayerNorm(x, residual, gamma, beta, epsilon, sum, out, mean, rstd);
    done(x, residual, gamma, beta, sum, out, mean, rstd);
  }

  @Override
  public void layerNormBackward(
      Tensor x,
      Tensor gamma,
      Tensor mean,
      Tensor rstd,
      Tensor gradOutput,
      Tensor dx,
      Tensor dgamma,
      Tensor dbeta) {
    layerNorm.layerNormBackward(x, gamma, mean, rstd, gradOutput, dx, dgamma, dbeta);
    done(x, gamma, mean, rstd, gradOutput, dx, dgamma, dbeta);
  }

  // ---- Attention and mixture -----------------------------------------------------------------

  @Override
  public void attention(AttentionInputs in, Tensor out, Tensor logSumExp) {
    attention.attention(in, out, logSumExp);
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
    attention.attentionBackward(in, result, gradOutput, dq, dk, dv);
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
    host.run(Primitive.GATHER, c -> host.cpu().gather(c.in(table), c.in(indices), c.out(out)));
  }

  @Override
  public void scatterAdd(Tensor indices, Tensor source, Tensor out) {
    host.run(
        Primitive.SCATTER_ADD, c -> host.cpu().scatterAdd(c.in(indices), c.in(source), c.out(out)));
  }

  // ---- Random numbers and optimiser ----------------------------------------------------------

  @Override
  public void randomUniform(RandomKey key, Tensor out) {
    host.run(Primitive.RANDOM_UNIFORM, c -> host.cpu().randomUniform(key, c.out(out)));
  }

  @Override
  public void randomNormal(RandomKey key, Tensor out) {
    host.run(Primitive.RANDOM_NORMAL, c -> host.cpu().randomNormal(key, c.out(out)));
  }

  @Override
  public void dropout(Tensor x, double probability, RandomKey key, Tensor out) {
    host.run(Primitive.DROPOUT, c -> host.cpu().dropout(c.in(x), probability, key, c.out(out)));
  }

  @Override
  public void adamStep(AdamOptions options, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    host.run(
        Primitive.ADAM_STEP,
        c -> host.cpu().adamStep(options, c.out(weight), c.in(gradient), c.out(m), c.out(v)));
  }
}
