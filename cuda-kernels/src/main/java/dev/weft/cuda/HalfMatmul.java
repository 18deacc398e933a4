package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.DType;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Products of operands in half precision, both BF16 or both F16, as they lie; sums are F32, and so
 * is the result, unless it is of the operands' type. From compute capability 8.0 on.
 *
 * <p>Operands of F32 are rounded to memory of the pool first, each once: a product of [m, k] × [k,
 * n] reads a factor of A n/128 times or more, and that in half the bytes.
 */
final class HalfMatmul {
  private static final int MOST_BLOCKS_DOWN = 65535;
  private static final int ROWS = 128;
  private static final int STAGES = 4;
  private static final int DEPTH = 32;

  /** Numbers of 16 bits in 16 bytes. */
  private static final int PIECE = 8;

  /** Products smaller than this along an axis are not worth rounding operands for. */
  private static final int WORTH_ROUNDING = 64;

  /** From so many wide tiles for each multiprocessor on, wide tiles pay. */
  private static final int WIDE_TILES = 1;

  private final Gpu gpu;
  private final CudaMemory memory;
  private final CudaCopy copy;
  private final Launcher launcher;

  /** What a block makes: so many columns of 128 rows, by two warps for each 64 columns. */
  private record Tile(String suffix, int columns) {
    private static final Tile NARROW = new Tile("", 128);
    private static final Tile WIDE = new Tile("_wide", 256);

    Dim3 threads() {
      return Dim3.of(columns);
    }

    int sharedBytes() {
      return STAGES * DEPTH * (ROWS + columns) * DType.BF16.byteSize();
    }

    int count(ProductLayout layout) {
      int down = (layout.m() + ROWS - 1) / ROWS;
      return Math.multiplyExact(down, (layout.n() + columns - 1) / columns);
    }
  }

  HalfMatmul(Gpu gpu, CudaMemory memory) {
    this.gpu = gpu;
    this.memory = memory;
    this.copy = new CudaCopy(gpu);
    this.launcher = new Launcher(gpu, "matmul_half");
  }

  /** Whether the operands can be multiplied as they lie. */
  boolean takes(ProductLayout layout) {
    DType type = layout.a().dtype();
    DType result = layout.out().dtype();
    return isHalf(type)
        && layout.b().dtype() == type
        && (result == type || result == DType.F32)
        && gpu.capability() >= MatmulPrecision.LEAST_CAPABILITY
        && layout.hasAlignedRows(0)
        && layout.hasAlignedRows(1);
  }

  private static boolean isHalf(DType type) {
    return type == DType.BF16 || type == DType.F16;
  }

  /** Multiplies operands that {@link #takes} takes. */
  void multiply(ProductLayout layout, MatmulTail tail) {
    DType type = layout.a().dtype();
    Tile tile = tile(layout);
    String kernel =
        "matmul_half_%s%s_%s%s"
            .formatted(
                type.name().toLowerCase(Locale.ROOT),
                tile.suffix,
                letter(layout.a()),
                letter(layout.b()));
    int batch = Math.min(layout.batch(), MOST_BLOCKS_DOWN);
    Dim3 grid = new Dim3(tile.count(layout), batch, 1);
    Arguments arguments = new Arguments().add(layout.bytes(tail));
    arguments.add(layout.out().dtype() == DType.F32 ? 0 : 1);
    launcher.launch(kernel, grid, tile.threads(), tile.sharedBytes(), arguments);
  }

  /** Wide tiles read less for a sum; narrow ones keep more multiprocessors busy. */
  private Tile tile(ProductLayout layout) {
    long tiles = (long) Tile.WIDE.count(layout) * layout.batch();
    boolean wide =
        layout.a().dtype() == DType.BF16
            && layout.n() > Tile.NARROW.columns
            && tiles >= (long) WIDE_TILES * gpu.multiprocessors();
    return wide ? Tile.WIDE : Tile.NARROW;
  }

  private static char letter(Tensor x) {
    return x.stride(-1) == 1 ? 'n' : 't';
  }

  // ---- Rounding ------------------------------------------------------------------------------

  /** Whether a product of F32 is worth rounding its operands to BF16 in memory. */
  boolean isWorthRounding(ProductLayout layout) {
    return gpu.capability() >= MatmulPrecision.LEAST_CAPABILITY
        && layout.m() >= WORTH_ROUNDING
        && layout.n() >= WORTH_ROUNDING
        && layout.k() >= WORTH_ROUNDING;
  }

  /** Multiplies F32 by F32 or BF16, factors rounded to BF16. */
  void multiplyRounded(Tensor a, Tensor b, MatmulTail tail, Tensor out) {
    List<CudaStorage> taken = new ArrayList<>();
    try {
      multiply(ProductLayout.of(rounded(a, taken), rounded(b, taken), out), tail);
    } finally {
      taken.forEach(CudaStorage::release);
    }
  }

  /**
   * The same numbers in BF16, neighbours being those that they are in memory, rows beginning at
   * multiples of 16 bytes. What is stretched along the batch is rounded once.
   */
  private Tensor rounded(Tensor x, List<CudaStorage> taken) {
    boolean turned = x.stride(-1) != 1 && x.stride(-2) == 1;
    Tensor rows = turned ? x.transpose(-1, -2) : x;
    for (int axis = 0; axis < rows.rank() - 2; axis++) {
      rows = rows.stride(axis) == 0 ? rows.slice(axis, 0, 1) : rows;
    }
    int width = rows.dim(-1);
    int padded = (width + PIECE - 1) / PIECE * PIECE;
    Shape shape = rows.shape().with(-1, padded);
    CudaStorage storage = memory.take(DType.BF16, shape.numel());
    taken.add(storage);
    Tensor result = Tensor.over(storage, shape, 0).slice(-1, 0, width);
    copy.copy(rows, result);
    return (turned ? result.transpose(-1, -2) : result).expand(x.shape());
  }
}
