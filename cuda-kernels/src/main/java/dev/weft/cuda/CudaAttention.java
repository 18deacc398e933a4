package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Attention, forward and backward, tile by tile. */
final class CudaAttention {
  private static final int MOST_BLOCKS_DOWN = 65535;
  private static final Dim3 THREADS = new Dim3(16, 16, 1);
  private static final int COLUMNS = 64;
  private static final int HEADS_BYTES = 24;
  private static final int ATTENTION_BYTES = 4 * HEADS_BYTES + 6 * 4 + 4 * 8;

  private final Launcher forward;
  private final Launcher backward;
  private final CudaMemory memory;

  CudaAttention(Gpu gpu, CudaMemory memory) {
    this.forward = new Launcher(gpu, "attention");
    this.backward = new Launcher(gpu, "attention_backward");
    this.memory = memory;
  }

  void attention(AttentionInputs in, Tensor out, Tensor logSumExp) {
    Arguments arguments = new Arguments().add(structure(in)).add(heads(out));
    arguments.add(CudaStorage.address(logSumExp));
    String kernel = "attention" + suffix(in);
    launch(forward, kernel, in, in.q().dim(2), Math.max(1, in.v().dim(3)), arguments);
  }

  void attentionBackward(
      AttentionInputs in,
      AttentionOps.Result result,
      Tensor gradOutput,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    int queries = result.logSumExp().numel();
    CudaStorage inner = memory.take(in.q().dtype(), Math.max(1, queries));
    Tensor scratch = Tensor.over(inner, result.logSumExp().shape(), 0);
    try {
      byte[] gradient = gradient(in, result, gradOutput, scratch);
      Arguments arguments = new Arguments().add(gradient).add(CudaStorage.address(scratch));
      Teams.walking(COLUMNS).launch(backward, "attention_inner" + suffix(in), queries, arguments);
      launch("attention_dq", in, dq, gradient);
      launch("attention_dk", in, dk, gradient);
      launch("attention_dv", in, dv, gradient);
    } finally {
      inner.release();
    }
  }

  private void launch(String kernel, AttentionInputs in, Tensor to, byte[] gradient) {
    Arguments arguments = new Arguments().add(gradient).add(heads(to));
    launch(backward, kernel + suffix(in), in, to.dim(2), to.dim(3), arguments);
  }

  /** A block for each tile of rows and piece of columns, and each head. */
  private static void launch(
      Launcher launcher,
      String kernel,
      AttentionInputs in,
      int rows,
      int columns,
      Arguments arguments) {
    int tile = in.q().dtype() == DType.F64 ? 32 : 64;
    int tiles = (rows + tile - 1) / tile;
    int pieces = (columns + COLUMNS - 1) / COLUMNS;
    int heads = in.q().dim(0) * in.q().dim(1);
    if (tiles > 0 && pieces > 0 && heads > 0) {
      Dim3 grid = new Dim3(tiles * pieces, Math.min(heads, MOST_BLOCKS_DOWN), 1);
      launcher.launch(kernel, grid, THREADS, arguments);
    }
  }

  private static String suffix(AttentionInputs in) {
    return in.q().dtype() == DType.F64 ? "_f64" : "_f32";
  }

  // ---- Structures of attention.cuh -----------------------------------------------------------

  /** {@code Heads}: a view [batch, heads, rows, columns], or none. */
  private static byte[] heads(Tensor x) {
    ByteBuffer bytes = ByteBuffer.allocate(HEADS_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (x != null) {
      bytes.putLong(CudaStorage.address(x));
      for (int axis = 0; axis < 4; axis++) {
        bytes.putInt(x.stride(axis));
      }
    }
    return bytes.array();
  }

  /** {@code Attention}. */
  private static byte[] structure(AttentionInputs in) {
    ByteBuffer bytes = ByteBuffer.allocate(ATTENTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(heads(in.q())).put(heads(in.k())).put(heads(in.v())).put(heads(in.mask()));
    bytes.putInt(in.q().dim(0)).putInt(in.q().dim(1)).putInt(in.q().dim(2)).putInt(in.k().dim(2));
    bytes.putInt(in.q().dim(3)).putInt(in.v().dim(3)).putDouble(in.scale()).putDouble(in.dropout());
    if (in.drops()) {
      bytes.putLong(in.key().seed()).putLong(in.key().stream());
    }
    return bytes.array();
  }

  /** {@code Gradient}. */
  private static byte[] gradient(
      AttentionInputs in, AttentionOps.Result result, Tensor gradOutput, Tensor inner) {
    ByteBuffer bytes =
        ByteBuffer.allocate(ATTENTION_BYTES + 2 * HEADS_BYTES + 16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(structure(in)).put(heads(result.output())).put(heads(gradOutput));
    bytes.putLong(CudaStorage.address(result.logSumExp())).putLong(CudaStorage.address(inner));
    return bytes.array();
  }
}
