package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.DType;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Tensor;

/** Matrix products by kernels of our own: for devices without cuBLAS, and for what it cannot do. */
final class CudaMatmul {
  private static final int MOST_BLOCKS_DOWN = 65535;
  private static final Tile TILE = new Tile(64, new Dim3(16, 16, 1));
  private static final Tile WIDE_TILE = new Tile(128, new Dim3(16, 16, 1));
  private static final Tile TENSOR_TILE = new Tile(64, Dim3.of(128));

  private final Gpu gpu;
  private final Launcher launcher;
  private final Launcher tensorCores;
  private final HalfMatmul half;

  /** The square of the result that a block makes, and its threads. */
  private record Tile(int side, Dim3 threads) {}

  CudaMatmul(Gpu gpu, CudaMemory memory) {
    this.gpu = gpu;
    this.launcher = new Launcher(gpu, "matmul");
    this.tensorCores = new Launcher(gpu, "matmul_tensor");
    this.half = new HalfMatmul(gpu, memory);
  }

  void matmul(MatmulPrecision precision, Tensor a, Tensor b, MatmulTail tail, Tensor out) {
    if (out.numel() == 0) {
      return;
    }
    ProductLayout layout = ProductLayout.of(a, b, out);
    byte[] product = layout.bytes(tail);
    if (half.takes(layout)) {
      half.multiply(layout, tail);
    } else if (isRounded(precision, layout)) {
      half.multiplyRounded(a, b, tail, out);
    } else if (usesTensorCores(precision, out)) {
      launch(tensorCores, tensorKernel(precision, b.dtype()), layout, TENSOR_TILE, product);
    } else if (isWide(layout)) {
      launch(launcher, "matmul_wide_" + letters(a, b), layout, WIDE_TILE, product);
    } else {
      launch(launcher, "matmul_" + suffix(b.dtype()), layout, TILE, product);
    }
  }

  /** Whether factors are rounded to BF16 in memory; those of F16 have more digits than that. */
  private boolean isRounded(MatmulPrecision precision, ProductLayout layout) {
    return precision == MatmulPrecision.BF16
        && layout.out().dtype() == DType.F32
        && layout.b().dtype() != DType.F16
        && half.isWorthRounding(layout);
  }

  private boolean usesTensorCores(MatmulPrecision precision, Tensor out) {
    return precision != MatmulPrecision.FLOAT32
        && out.dtype() == DType.F32
        && gpu.capability() >= MatmulPrecision.LEAST_CAPABILITY;
  }

  private static String tensorKernel(MatmulPrecision precision, DType factor) {
    boolean tf32 = precision == MatmulPrecision.TF32 || factor == DType.F16;
    String own = factor == DType.F32 ? "" : "_" + suffix(factor);
    return (tf32 ? "matmul_tf32" : "matmul_bf16") + own;
  }

  /** Whether 128×128 tiles keep a device busy, and operands can be read by 16 bytes. */
  private static boolean isWide(ProductLayout layout) {
    return layout.b().dtype() == DType.F32
        && layout.m() >= WIDE_TILE.side
        && layout.n() >= WIDE_TILE.side
        && layout.k() > 0
        && layout.isAligned(0)
        && layout.isAligned(1);
  }

  /** Which way each operand's neighbours lie; t: the other way than row-major. */
  private static String letters(Tensor a, Tensor b) {
    return (a.stride(-1) == 1 ? "n" : "t") + (b.stride(-1) == 1 ? "n" : "t");
  }

  private static String suffix(DType factor) {
    return switch (factor) {
      case F64 -> "f64";
      case F16 -> "f16";
      case BF16 -> "bf16";
      default -> "f32";
    };
  }

  private static void launch(
      Launcher launcher, String kernel, ProductLayout layout, Tile tile, byte[] product) {
    int down = (layout.m() + tile.side - 1) / tile.side;
    int across = (layout.n() + tile.side - 1) / tile.side;
    int batch = Math.min(layout.batch(), MOST_BLOCKS_DOWN);
    Dim3 grid = new Dim3(Math.multiplyExact(down, across), batch, 1);
    launcher.launch(kernel, grid, tile.threads, new Arguments().add(product));
  }
}
