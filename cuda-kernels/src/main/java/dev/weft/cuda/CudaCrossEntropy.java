package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;

/** Cross-entropy over many classes, with its slopes. */
final class CudaCrossEntropy {
  private final CudaLookup lookup;
  private final Launcher launcher;

  CudaCrossEntropy(Gpu gpu, CudaLookup lookup) {
    this.lookup = lookup;
    this.launcher = new Launcher(gpu, "cross_entropy");
  }

  /** {@link dev.weft.tensor.Backend#crossEntropy}; wrong targets are an error here too. */
  void crossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor scales) {
    int rows = logits.dim(0);
    int n = logits.dim(1);
    if (rows == 0) {
      return;
    }
    try (CudaLookup.Scratch right = lookup.rows("crossEntropy", targets, n)) {
      Arguments arguments = new Arguments().add(CudaStorage.address(logits)).add(right.address());
      arguments.add(CudaStorage.address(losses)).add(CudaStorage.address(scales));
      arguments.add(rows).add(n);
      if (Teams.canHold(n) && RowView.areAligned(logits)) {
        Teams.holding(n).launch(launcher, "cross_entropy_by_16_bytes", rows, arguments);
      } else {
        String suffix = logits.dtype() == DType.F64 ? "_f64" : "_f32";
        Teams.walking(n).launch(launcher, "cross_entropy" + suffix, rows, arguments);
      }
    }
  }
}
