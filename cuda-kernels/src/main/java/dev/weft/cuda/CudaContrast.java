package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.tensor.Contrast;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What contrastive losses fold their logits with. */
final class CudaContrast {
  private static final int RULE_BYTES = 24;

  private final Launcher launcher;

  CudaContrast(Gpu gpu) {
    this.launcher = new Launcher(gpu, "contrast");
  }

  /** {@link dev.weft.tensor.Backend#contrast}. */
  void contrast(Tensor logits, Contrast rule, Tensor out) {
    int n = rule.count();
    Arguments arguments = new Arguments().add(CudaStorage.address(logits)).add(rule(logits, rule));
    arguments.add(CudaStorage.address(out)).add(out.numel());
    if (Teams.canHold(n) && isAligned(logits, rule)) {
      Teams.holding(n).launch(launcher, "contrast_by_16_bytes", out.numel(), arguments);
    } else {
      Teams.walking(n).launch(launcher, "contrast" + suffix(logits), out.numel(), arguments);
    }
  }

  /** {@link dev.weft.tensor.Backend#contrastBackward}. */
  void backward(Tensor logits, Contrast rule, Tensor logSumExp, Tensor gradOutput) {
    Arguments arguments = new Arguments().add(CudaStorage.address(logits)).add(rule(logits, rule));
    arguments.add(CudaStorage.address(logSumExp)).add(CudaStorage.address(gradOutput));
    int lines = gradOutput.numel();
    String suffix = isAligned(logits, rule) ? "_by_16_bytes" : suffix(logits);
    Teams.walking(rule.count())
        .launch(launcher, "contrast_backward" + suffix, lines, arguments.add(lines));
  }

  private static boolean isAligned(Tensor logits, Contrast rule) {
    return logits.dtype() == DType.F32
        && rule.count() % 4 == 0
        && (CudaStorage.address(logits) | CudaStorage.address(rule.keys())) % 16 == 0;
  }

  private static String suffix(Tensor x) {
    return x.dtype() == DType.F64 ? "_f64" : "_f32";
  }

  /** The structure {@code Rule}. */
  private static byte[] rule(Tensor logits, Contrast rule) {
    return rule(
        CudaStorage.address(rule.keys()),
        rule.count(),
        logits.dim(1) / rule.count(),
        rule.duplicates(),
        rule.withoutSelf());
  }

  static byte[] rule(
      long keys, int n, int blocks, Contrast.Duplicates duplicates, boolean withoutSelf) {
    return ByteBuffer.allocate(RULE_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(keys)
        .putInt(n)
        .putInt(blocks)
        .putInt(Codes.of(duplicates))
        .putInt(withoutSelf ? 1 : 0)
        .array();
  }
}
