package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.DType;
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

  void layerNorm(
      Tensor x, Tensor gamma, Tensor beta, double epsilon, Tensor out, Tensor mean, Tensor rstd) {
    forward(x, null, gamma, beta, epsilon, out, out, mean, rstd);
  }

  void addLayerNorm(
      Tensor x,
      Tensor residual,
      Tensor gamma,
      Tensor beta,
      double epsilon,
      Tensor sum,
      Tensor out,
      Tensor mean,
      Tensor rstd) {
    forward(x, residual, gamma, beta, epsilon, sum, out, mean, rstd);
  }

  private void forward(
      Tensor x,
      Tensor residual,
      Tensor gamma,
      Tensor beta,
      double epsilon,
      Tensor sum,
      Tensor out,
      Tensor mean,
      Tensor rstd) {
    int n = x.dim(-1);
    Tensor more = residual == null ? x : residual;
    boolean dense = Teams.canHold(n) && RowView.areAligned(x, more, gamma, beta, sum, out);
    Arguments arguments = new Arguments();
    if (dense) {
      arguments.add(CudaStorage.address(x));
      arguments.add(residual == null ? 0 : CudaStorage.address(residual));
      arguments.add(CudaStorage.address(gamma)).add(CudaStorage.address(beta));
    } else {
      arguments.add(RowView.of(x).bytes());
      arguments.add(residual == null ? RowView.none() : RowView.of(residual).bytes());
      arguments.add(RowView.vector(gamma)).add(RowView.vector(beta));
    }
    arguments.add(epsilon).add(CudaStorage.address(sum)).add(CudaStorage.address(out));
    arguments.add(CudaStorage.address(mean)).add(CudaStorage.address(rstd));
    Teams teams = dense ? Teams.holding(n) : Teams.walking(n);
    String kernel = dense ? "layer_norm_by_16_bytes" : "layer_norm" + suffix(x);
    teams.launch(launcher, kernel, mean.numel(), arguments.add(mean.numel()).add(n));
  }

  void layerNormBackward(
      Tensor x,
      Tensor gamma,
      Tensor mean,
      Tensor rstd,
      Tensor gradOutput,
      Tensor dx,
      Tensor dgamma,
      Tensor dbeta) {
    int n = x.dim(-1);
    int rows = mean.numel();
    if (rows == 0 || n == 0) {
      gpu.zero(CudaStorage.address(dgamma), (long) n * dgamma.dtype().byteSize());
      gpu.zero(CudaStorage.address(dbeta), (long) n * dbeta.dtype().byteSize());
    } else if (Teams.canHold(n) && RowView.areAligned(x, gradOutput, gamma, dx, dgamma, dbeta)) {
      inOnePass(x, gamma, mean, rstd, gradOutput, dx, dgamma, dbeta);
    } else {
      byRowsThenColumns(x, gamma, mean, rstd, gradOutput, dx, dgamma, dbeta);
    }
  }

  private void inOnePass(
      Tensor x,
      Tensor gamma,
      Tensor mean,
      Tensor rstd,
      Tensor gradOutput,
      Tensor dx,
      Tensor dgamma,
      Tensor dbeta) {
    int n = x.dim(-1);
    int rows = mean.numel();
    int teams = Math.min(rows, TEAMS);
    Arguments arguments = new Arguments();
    for (Tensor operand : new Tensor[] {x, gradOutput, gamma, mean, rstd, dx}) {
      arguments.add(CudaStorage.address(operand));
    }
    try (ColumnSums.Parts parts = columns.parts(memory, dgamma, dbeta, teams)) {
      arguments.add(parts.scales()).add(parts.shifts()).add(rows).add(n);
      Dim3 threads = Dim3.of(Teams.holding(n).threads());
      launcher.launch("layer_norm_backward_by_16_bytes", Dim3.of(teams), threads, arguments);
      parts.addUp();
    }
  }

  private void byRowsThenColumns(
      Tensor x,
      Tensor gamma,
      Tensor mean,
      Tensor rstd,
      Tensor gradOutput,
      Tensor dx,
      Tensor dgamma,
      Tensor dbeta) {
    int n = x.dim(-1);
    int rows = mean.numel();
    byte[] values = RowView.of(x).bytes();
    byte[] gradient = RowView.of(gradOutput).bytes();
    long means = CudaStorage.address(mean);
    long rstds = CudaStorage.address(rstd);
    Arguments byRows = new Arguments().add(values).add(gradient).add(RowView.vector(gamma));
    byRows.add(means).add(rstds).add(CudaStorage.address(dx)).add(rows).add(n);
    Teams.walking(n).launch(launcher, "layer_norm_backward" + suffix(x), rows, byRows);
    int perChunk = ColumnSums.rowsPerChunk(rows);
    int chunks = (rows + perChunk - 1) / perChunk;
    try (ColumnSums.Parts parts = columns.parts(memory, dgamma, dbeta, chunks)) {
      Arguments byColumns = new Arguments().add(values).add(gradient).add(means).add(rstds);
      byColumns.add(parts.scales()).add(parts.shifts()).add(rows).add(n).add(perChunk);
      columns.launch("layer_norm_columns" + suffix(x), new Dim3(n, chunks, 1), byColumns);
      parts.addUp();
    }
  }

  private static String suffix(Tensor x) {
    return x.dtype() == DType.F64 ? "_f64" : "_f32";
  }
}
