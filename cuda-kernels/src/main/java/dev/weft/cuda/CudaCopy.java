package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;

/** Copies between any strides and types, each by the kernel that moves it best. */
final class CudaCopy {
  private static final int TILE = 32;
  private static final int TILE_ROWS = 8;

  /** Blocks of a grid's second and third axis. */
  private static final int MOST_BLOCKS = 65535;

  private final Gpu gpu;
  private final Launcher launcher;

  CudaCopy(Gpu gpu) {
    this.gpu = gpu;
    this.launcher = new Launcher(gpu, "copy");
  }

  /** {@link dev.weft.tensor.Backend#copy}; where there are too many axes, index by index. */
  void copy(Tensor source, Tensor out) {
    if (out.numel() == 0) {
      return;
    }
    if (!Layout.fits(source, out)) {
      for (int i = 0; i < out.dim(0); i++) {
        copy(source.select(0, i), out.select(0, i));
      }
      return;
    }
    Layout layout = Layout.of(source, out);
    if (source.dtype() == out.dtype()) {
      move(source, out, layout);
    } else {
      convert(source, out, layout);
    }
  }

  private void move(Tensor source, Tensor out, Layout layout) {
    int size = out.dtype().byteSize();
    long from = CudaStorage.address(source);
    long to = CudaStorage.address(out);
    if (layout.isDense()) {
      gpu.copy(from, to, (long) out.numel() * size);
    } else if (isTransposition(layout, size)) {
      transpose(from, to, layout, size);
    } else {
      Arguments arguments = new Arguments().add(from).add(to);
      launcher.elements(
          "copy_" + size, out.numel(), arguments.add(layout.bytes()).add(out.numel()));
    }
  }

  /**
   * Whether the result is row-major [matrices, n, m] of something whose columns are rows: then the
   * second axis has the source's unit stride.
   */
  private static boolean isTransposition(Layout layout, int size) {
    int axes = layout.axes();
    if ((size != 2 && size != 4) || axes < 2 || axes > 3 || layout.stride(0, 1) != 1) {
      return false;
    }
    int m = layout.extent(0);
    int n = layout.extent(1);
    boolean rowMajor = layout.stride(1, 0) == 1 && layout.stride(1, 1) == m;
    boolean matrices = axes == 2 || layout.stride(1, 2) == m * n;
    boolean worthIt = m >= TILE_ROWS && n >= TILE_ROWS;
    return rowMajor && matrices && worthIt && (axes == 2 || layout.extent(2) <= MOST_BLOCKS);
  }

  private void transpose(long from, long to, Layout layout, int size) {
    int rows = layout.extent(0);
    int columns = layout.extent(1);
    boolean several = layout.axes() == 3;
    Dim3 grid =
        new Dim3(
            (columns + TILE - 1) / TILE, (rows + TILE - 1) / TILE, several ? layout.extent(2) : 1);
    Arguments arguments = new Arguments().add(from).add(to).add(rows).add(columns);
    arguments.add(layout.stride(0, 0)).add(several ? layout.stride(0, 2) : 0);
    launcher.launch("transpose_" + size, grid, new Dim3(TILE, TILE_ROWS, 1), arguments);
  }

  private void convert(Tensor source, Tensor out, Layout layout) {
    long from = CudaStorage.address(source);
    long to = CudaStorage.address(out);
    String dense = dense(source.dtype(), out.dtype());
    Arguments arguments = new Arguments();
    if (dense != null && CudaElements.isDense(layout, source, out)) {
      launcher.vectors(dense, out.numel(), arguments.add(from).add(to));
      return;
    }
    arguments.add(Codes.of(source.dtype())).add(Codes.of(out.dtype())).add(from).add(to);
    launcher.elements("convert_any", out.numel(), arguments.add(layout.bytes()).add(out.numel()));
  }

  private static String dense(DType from, DType to) {
    return switch (from) {
      case F32 -> to == DType.F16 ? "f32_to_f16" : to == DType.BF16 ? "f32_to_bf16" : null;
      case F16 -> to == DType.F32 ? "f16_to_f32" : null;
      case BF16 -> to == DType.F32 ? "bf16_to_f32" : null;
      default -> null;
    };
  }
}
