package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;

/** Softmax and its relatives. */
final class CudaRows {
  private final Launcher softmax;
  private final Launcher logSoftmax;

  CudaRows(Gpu gpu, CudaMemory memory) {
    this.softmax = new Launcher(gpu, "softmax");
    this.logSoftmax = new Launcher(gpu, "log_softmax");
  }

  void softmax(Tensor x, Tensor out) {
    map(softmax, "softmax", x, out);
  }

  void softmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    join(softmax, "softmax_backward", y, gradOutput, out);
  }

  void logSoftmax(Tensor x, Tensor out) {
    map(logSoftmax, "log_softmax", x, out);
  }

  void logSoftmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    join(logSoftmax, "log_softmax_backward", y, gradOutput, out);
  }

  void logSumExp(Tensor x, Tensor out) {
    launch(logSoftmax, "log_sum_exp", out, RowView.of(x));
  }

  private static void map(Launcher launcher, String kernel, Tensor x, Tensor out) {
    if (Teams.canHold(out.dim(-1)) && RowView.areAligned(x, out)) {
      byRegisters(launcher, kernel, out, x);
    } else {
      launch(launcher, kernel, out, RowView.of(x));
    }
  }

  private static void join(Launcher launcher, String kernel, Tensor a, Tensor b, Tensor out) {
    if (Teams.canHold(out.dim(-1)) && RowView.areAligned(a, b, out)) {
      byRegisters(launcher, kernel, out, a, b);
    } else {
      launch(launcher, kernel, out, RowView.of(a), RowView.of(b));
    }
  }

  private static void launch(Launcher launcher, String kernel, Tensor out, RowView... operands) {
    Arguments arguments = new Arguments();
    for (RowView operand : operands) {
      arguments.add(operand.bytes());
    }
    int rows = operands[0].count();
    int n = operands[0].n();
    arguments.add(CudaStorage.address(out)).add(rows).add(n);
    String typed = kernel + (out.dtype() == DType.F64 ? "_f64" : "_f32");
    Teams.walking(n).launch(launcher, typed, rows, arguments);
  }

  private static void byRegisters(
      Launcher launcher, String kernel, Tensor out, Tensor... operands) {
    Arguments arguments = new Arguments();
    for (Tensor operand : operands) {
      arguments.add(CudaStorage.address(operand));
    }
    int n = out.dim(-1);
    int rows = out.numel() / n;
    arguments.add(CudaStorage.address(out)).add(rows).add(n);
    Teams.holding(n).launch(launcher, kernel + "_by_16_bytes", rows, arguments);
  }
}
