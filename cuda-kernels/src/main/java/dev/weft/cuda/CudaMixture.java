package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.DType;
import dev.weft.tensor.MixtureInputs;
import dev.weft.tensor.MixtureOps;
import dev.weft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Mixture of layer norms and its gradients. */
final class CudaMixture {
  private final Gpu gpu;
  private final CudaMemory memory;
  private final Launcher launcher;
  private final ColumnSums columns;

  CudaMixture(Gpu gpu, CudaMemory memory) {
    this.gpu = gpu;
    this.memory = memory;
    this.launcher = new Launcher(gpu, "mixture");
    this.columns = new ColumnSums(launcher, "mixture_chunks");
  }

  void mixture(MixtureInputs in, MixtureOps.Result to) {
    Arguments arguments = new Arguments().add(structure(in)).add(in.epsilon());
    for (Tensor result : new Tensor[] {to.output(), to.mean(), to.rstd()}) {
      arguments.add(CudaStorage.address(result));
    }
    Teams.walking(in.width()).launch(launcher, "mixture" + suffix(in), in.rows(), arguments);
  }

  void mixtureBackward(
      MixtureInputs in, MixtureOps.Result result, Tensor gradOutput, MixtureOps.Gradients to) {
    int rows = in.rows();
    int n = in.experts() * in.width();
    if (n == 0 || rows == 0) {
      zero(to.dgates());
      zero(to.dgamma());
      zero(to.dbeta());
      return;
    }
    byte[] gradient = RowView.of(gradOutput).bytes();
    long mean = CudaStorage.address(result.mean());
    long rstd = CudaStorage.address(result.rstd());
    Arguments byRows = new Arguments().add(structure(in)).add(gradient).add(mean).add(rstd);
    byRows.add(CudaStorage.address(to.dx())).add(CudaStorage.address(to.dgates()));
    Teams.walking(in.width()).launch(launcher, "mixture_backward" + suffix(in), rows, byRows);
    int perChunk = ColumnSums.rowsPerChunk(rows);
    int chunks = (rows + perChunk - 1) / perChunk;
    try (ColumnSums.Parts parts = columns.parts(memory, to.dgamma(), to.dbeta(), chunks)) {
      Arguments byColumns = new Arguments().add(structure(in)).add(gradient).add(mean).add(rstd);
      byColumns.add(parts.scales()).add(parts.shifts()).add(perChunk);
      columns.launch("mixture_columns" + suffix(in), new Dim3(n, chunks, 1), byColumns);
      parts.addUp();
    }
  }

  private void zero(Tensor x) {
    gpu.zero(CudaStorage.address(x), (long) x.numel() * x.dtype().byteSize());
  }

  /** The structure {@code Mixture}. */
  private static byte[] structure(MixtureInputs in) {
    byte[][] views = {
      RowView.of(in.x()).bytes(),
      RowView.of(in.gates()).bytes(),
      RowView.of(in.gamma()).bytes(),
      RowView.of(in.beta()).bytes()
    };
    ByteBuffer bytes = ByteBuffer.allocate(4 * views[0].length + 16).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] view : views) {
      bytes.put(view);
    }
    return bytes.putInt(in.rows()).putInt(in.experts()).putInt(in.width()).array();
  }

  private static String suffix(MixtureInputs in) {
    return in.x().dtype() == DType.F64 ? "_f64" : "_f32";
  }
}
