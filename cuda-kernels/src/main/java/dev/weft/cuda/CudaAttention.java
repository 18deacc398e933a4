package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Attention, forward and backward, tile by tile; on tensor cores where BF16 is enough. */
final class CudaAttention {
  private static final int MOST_BLOCKS_DOWN = 65535;
  private static final int COLUMNS = 64;
  private static final int HEADS_BYTES = 24;
  private static final int ATTENTION_BYTES = 4 * HEADS_BYTES + 6 * 4 + 4 * 8;

  private final Gpu gpu;
  private final Launcher forward;
  private final Launcher backward;
  private final Launcher tensorForward;
  private final Launcher tensorBackward;
  private final CudaMemory memory;

  /** Kernels of a kind: their names' end, the rows and columns of a block's tile, its threads. */
  private enum Kind {
    F32("_f32", 64, COLUMNS, 16, 16),
    F64("_f64", 32, COLUMNS, 16, 16),
    /** On tensor cores; a block makes all columns, so that there can be no more than it makes. */
    BF16("_bf16", 64, COLUMNS, 128, 1),
    WIDE_BF16("_bf16_128", 64, 2 * COLUMNS, 128, 1);

    private final String suffix;
    private final int rows;
    private final int columns;
    private final int across;
    private final int down;

    Kind(String suffix, int rows, int columns, int across, int down) {
      this.suffix = suffix;
      this.rows = rows;
      this.columns = columns;
      this.across = across;
      this.down = down;
    }

    boolean usesTensorCores() {
      return this == BF16 || this == WIDE_BF16;
    }
  }

  CudaAttention(Gpu gpu, CudaMemory memory) {
    this.gpu = gpu;
    this.forward = new Launcher(gpu, "attention");
    this.backward = new Launcher(gpu, "attention_backward");
    this.tensorForward = new Launcher(gpu, "attention_tensor");
    this.tensorBackward = new Launcher(gpu, "attention_tensor_backward");
    this.memory = memory;
  }

  void attention(MatmulPrecision precision, AttentionInputs in, Tensor out, Tensor logSumExp) {
    Kind kind = kind(precision, in);
    Arguments arguments = new Arguments().add(structure(in)).add(heads(out));
    arguments.add(CudaStorage.address(logSumExp));
    Launcher launcher = kind.usesTensorCores() ? tensorForward : forward;
    int columns = Math.max(1, in.v().dim(3));
    launch(launcher, "attention", kind, in, in.q().dim(2), columns, arguments);
  }

  void attentionBackward(
      MatmulPrecision precision,
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
      String kernel =
          "attention_inner" + (in.q().dtype() == DType.F64 ? Kind.F64 : Kind.F32).suffix;
      Teams.walking(COLUMNS).launch(backward, kernel, queries, arguments);
      Kind kind = kind(precision, in);
      if (kind.usesTensorCores()) {
        tensorCores(kind, in, gradient, dq, dk, dv);
      } else {
        launch("attention_dq", in, dq, gradient);
        launch("attention_dk", in, dk, gradient);
        launch("attention_dv", in, dv, gradient);
      }
    } finally {
      inner.release();
    }
  }

  private void tensorCores(
      Kind kind, AttentionInputs in, byte[] gradient, Tensor dq, Tensor dk, Tensor dv) {
    Arguments queries = new Arguments().add(gradient).add(heads(dq));
    launch(tensorBackward, "attention_dq", kind, in, dq.dim(2), dq.dim(3), queries);
    Arguments keys = new Arguments().add(gradient).add(heads(dk)).add(heads(dv));
    int columns = Math.max(dk.dim(3), dv.dim(3));
    launch(tensorBackward, "attention_dkdv", kind, in, dk.dim(2), columns, keys);
  }

  private void launch(String kernel, AttentionInputs in, Tensor to, byte[] gradient) {
    Arguments arguments = new Arguments().add(gradient).add(heads(to));
    Kind kind = kind(MatmulPrecision.FLOAT32, in);
    launch(backward, kernel, kind, in, to.dim(2), to.dim(3), arguments);
  }

  /** Tensor cores where they are wanted and there, and the columns are few enough for them. */
  private Kind kind(MatmulPrecision precision, AttentionInputs in) {
    if (in.q().dtype() == DType.F64) {
      return Kind.F64;
    }
    int columns = Math.max(in.q().dim(3), in.v().dim(3));
    boolean wanted =
        precision == MatmulPrecision.BF16 && gpu.capability() >= MatmulPrecision.LEAST_CAPABILITY;
    if (!wanted || columns > Kind.WIDE_BF16.columns) {
      return Kind.F32;
    }
    return columns <= Kind.BF16.columns ? Kind.BF16 : Kind.WIDE_BF16;
  }

  /** A block for each tile of rows and piece of columns, and each head. */
  private static void launch(
      Launcher launcher,
      String kernel,
      Kind kind,
      AttentionInputs in,
      int rows,
      int columns,
      Arguments arguments) {
    int tiles = (rows + kind.rows - 1) / kind.rows;
    int pieces = (columns + kind.columns - 1) / kind.columns;
    int heads = in.q().dim(0) * in.q().dim(1);
    if (tiles > 0 && pieces > 0 && heads > 0) {
      Dim3 grid = new Dim3(tiles * pieces, Math.min(heads, MOST_BLOCKS_DOWN), 1);
      launcher.launch(kernel + kind.suffix, grid, new Dim3(kind.across, kind.down, 1), arguments);
    }
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
