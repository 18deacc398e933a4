package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.DType;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.Tensor;

/** Layer normalisation, of a sum too, and its gradients. */
final class CudaLayerNorm {
  /** Teams of the pass that makes all gradients: fixed, so that every device adds in one order. */
  private static final int TEAMS = 512;

  private final Gpu gpu;
  private final CudaMemory memory;
  private final Launcher launcher;
  private final ColumnSums columns;

  CudaLayerNorm(Gpu gpu, CudaMemory memory) {
    this.gpu = gpu;
    this.memory = memory;
    this.launcher = new Launcher(gpu, "layer_norm");
    this.columns = new ColumnSums(launcher, "layer_norm_chunks");
  }

  void layerNorm(LayerNormInputs in, LayerNormOps.Result to) {
    Tensor x = in.x();
    Tensor residual = in.residual();
    int n = x.dim(-1);
    int rows = to.mean().numel();
    Tensor more = residual == null ? x : residual;
    boolean dense =
        Teams.canHold(n)
            && RowView.areAligned(x, more, in.gamma(), in.beta(), to.sum(), to.output());
    Arguments arguments = new Arguments();
    if (dense) {
      arguments.add(CudaStorage.address(x));
      arguments.add(residual == null ? 0 : CudaStorage.address(residual));
      arguments.add(CudaStorage.address(in.gamma())).add(CudaStorage.address(in.beta()));
    } else {
      arguments.add(RowView.of(x).bytes());
      arguments.add(residual == null ? RowView.none() : RowView.of(residual).bytes());
      arguments.add(RowView.vector(in.gamma())).add(RowView.vector(in.beta()));
    }
    arguments.add(in.epsilon());
    for (Tensor result : new Tensor[] {to.sum(), to.output(), to.mean(), to.rstd()}) {
      arguments.add(CudaStorage.address(result));
    }
    Teams teams = dense ? Teams.holding(n) : Teams.walking(n);
    String kernel = dense ? "layer_norm_by_16_bytes" : "layer_norm" + suffix(x);
    teams.launch(launcher, kernel, rows, arguments.add(rows).add(n));
  }

  void layerNormBackward(
      Tensor gamma, LayerNormOps.Result result, Tensor gradOutput, LayerNormOps.Gradients to) {
    int n = gamma.dim(0);
    Tensor dgamma = to.dgamma();
    Tensor dbeta = to.dbeta();
    if (gradOutput.numel() == 0) {
      gpu.zero(CudaStorage.address(dgamma), (long) n * dgamma.dtype().byteSize());
      gpu.zero(CudaStorage.address(dbeta), (long) n * dbeta.dtype().byteSize());
    } else if (Teams.canHold(n)
        && RowView.areAligned(result.sum(), gradOutput, gamma, to.dx(), dgamma, dbeta)) {
      inOnePass(gamma, result, gradOutput, to);
    } else {
      byRowsThenColumns(gamma, result, gradOutput, to);
    }
  }

  private void inOnePass(
      Tensor gamma, LayerNormOps.Result result, Tensor gradOutput, LayerNormOps.Gradients to) {
    int n = gamma.dim(0);
    int rows = result.mean().numel();
    int teams = Math.min(rows, TEAMS);
    Tensor[] operands = {
      result.sum(), gradOutput, gamma, result.mean(), result.rstd(), to.dx(),
    };
    Arguments arguments = new Arguments();
    for (Tensor operand : operands) {
      arguments.add(CudaStorage.address(operand));
    }
    try (ColumnSums.Parts parts = columns.parts(memory, to.dgamma(), to.dbeta(), teams)) {
      arguments.add(parts.scales()).add(parts.shifts()).add(rows).add(n);
      Dim3 threads = Dim3.of(Teams.holding(n).threads());
      launcher.launch("layer_norm_backward_by_16_bytes", Dim3.of(teams), threads, arguments);
      parts.addUp();
    }
  }

  private void byRowsThenColumns(
      Tensor gamma, LayerNormOps.Result result, Tensor gradOutput, LayerNormOps.Gradients to) {
    int n = gamma.dim(0);
    int rows = result.mean().numel();
    byte[] values = RowView.of(result.sum()).bytes();
    byte[] gradient = RowView.of(gradOutput).bytes();
    long means = CudaStorage.address(result.mean());
    long rstds = CudaStorage.address(result.rstd());
    Arguments byRows = new Arguments().add(values).add(gradient).add(RowView.vector(gamma));
    byRows.add(means).add(rstds).add(CudaStorage.address(to.dx())).add(rows).add(n);
    Teams.walking(n).launch(launcher, "layer_norm_backward" + suffix(gamma), rows, byRows);
    int perChunk = ColumnSums.rowsPerChunk(rows);
    int chunks = (rows + perChunk - 1) / perChunk;
    try (ColumnSums.Parts parts = columns.parts(memory, to.dgamma(), to.dbeta(), chunks)) {
      Arguments byColumns = new Arguments().add(values).add(gradient).add(means).add(rstds);
      byColumns.add(parts.scales()).add(parts.shifts()).add(rows).add(n).add(perChunk);
      columns.launch("layer_norm_columns" + suffix(gamma), new Dim3(n, chunks, 1), byColumns);
      parts.addUp();
    }
  }

  private static String suffix(Tensor x) {
    return x.dtype() == DType.F64 ? "_f64" : "_f32";
  }
}
