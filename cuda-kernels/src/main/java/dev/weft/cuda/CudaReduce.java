package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.DType;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Folds along any axes, of any strides. The folded elements of a result are cut into strands of a
 * length that follows from the shape alone, and the strands' results folded once more: the same
 * bits on every device.
 */
final class CudaReduce {
  private static final int WARP = 32;
  private static final int WARPS = 8;

  /** Below so many elements a result, a thread folds them alone. */
  private static final int FEW = 8;

  /** Elements of a strand at least where a warp folds it, and where a column of a block does. */
  private static final int ROW_STRAND = 4096;

  private static final int COLUMN_STRAND = 512;

  /** Strands of a result at most. */
  private static final int MOST_STRANDS = 4096;

  private final CudaMemory memory;
  private final CudaElements elements;
  private final Launcher reduce;
  private final Launcher argMax;

  CudaReduce(Gpu gpu, CudaMemory memory) {
    this.memory = memory;
    this.elements = new CudaElements(gpu, memory);
    this.reduce = new Launcher(gpu, "reduce");
    this.argMax = new Launcher(gpu, "arg_max");
  }

  /** {@link dev.weft.tensor.Backend#reduce}. */
  void reduce(ReduceOp op, Tensor x, Tensor out) {
    if (x.numel() == 0) {
      elements.fill(
          out,
          switch (op) {
            case SUM -> 0;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
          });
      return;
    }
    int[] kept = x.shape().dims();
    int[] gone = x.shape().dims();
    for (int axis = 0; axis < kept.length; axis++) {
      boolean folded = out.dim(axis) == 1;
      kept[axis] = folded ? 1 : kept[axis];
      gone[axis] = folded ? gone[axis] : 1;
    }
    int[][] strides = {x.strides()};
    if (!Layout.fits(kept, strides) || !Layout.fits(gone, strides)) {
      reduceSorted(op, x, out);
      return;
    }
    int folded = x.numel() / out.numel();
    Fold fold = new Fold(out.numel(), folded, Layout.of(kept, strides), Layout.of(gone, strides));
    String name = op.name().toLowerCase(Locale.ROOT) + (x.dtype() == DType.F32 ? "_f32" : "_f64");
    fold(name, x.dtype(), CudaStorage.address(x), CudaStorage.address(out), fold);
  }

  /** The same of a copy that has all axes that are kept before those that are folded. */
  private void reduceSorted(ReduceOp op, Tensor x, Tensor out) {
    int[] order =
        IntStream.range(0, x.rank())
            .boxed()
            .sorted(Comparator.comparing(axis -> out.dim(axis) == 1))
            .mapToInt(axis -> axis)
            .toArray();
    CudaStorage storage = memory.take(x.dtype(), x.numel());
    try {
      Tensor sorted = Tensor.over(storage, x.permute(order).shape(), 0);
      elements.copy(x.permute(order), sorted);
      reduce(op, sorted, out.permute(order));
    } finally {
      storage.release();
    }
  }

  /** What is folded into what: {@code outputs} results of {@code folded} elements each. */
  private record Fold(int outputs, int folded, Layout kept, Layout gone) {

    /** Whether neighbouring results lie closer than the elements of one. */
    boolean byColumns() {
      return kept.extent(0) > 1
          && Math.abs(kept.stride(0, 0)) < Math.abs(gone.stride(0, 0))
          && outputs >= WARP / 2;
    }

    int strand() {
      int least = byColumns() ? COLUMN_STRAND : ROW_STRAND;
      return Math.max(least, (folded + MOST_STRANDS - 1) / MOST_STRANDS);
    }

    byte[] bytes(int strands, int strand) {
      byte[] first = kept.bytes();
      byte[] second = gone.bytes();
      return ByteBuffer.allocate(16 + first.length + second.length)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(outputs)
          .putInt(folded)
          .putInt(strands)
          .putInt(strand)
          .put(first)
          .put(second)
          .array();
    }
  }

  private void fold(String name, DType dtype, long x, long out, Fold fold) {
    int strand = fold.strand();
    int strands = (fold.folded + strand - 1) / strand;
    if (strands == 1) {
      launch(name, x, out, fold, 1, fold.folded);
      return;
    }
    int results = Math.multiplyExact(fold.outputs, strands);
    CudaStorage partial = memory.take(dtype, results);
    long address = CudaStorage.address(Tensor.over(partial, Shape.of(results), 0));
    launch(name, x, address, fold, strands, strand);
    Layout kept = Layout.of(new int[] {fold.outputs}, new int[][] {{strands}});
    Layout gone = Layout.of(new int[] {strands}, new int[][] {{1}});
    fold(name, dtype, address, out, new Fold(fold.outputs, strands, kept, gone));
    partial.release();
  }

  private void launch(String name, long x, long out, Fold fold, int strands, int strand) {
    Arguments arguments = new Arguments().add(x).add(out).add(fold.bytes(strands, strand));
    if (fold.folded < FEW) {
      reduce.elements(name + "_plain", fold.outputs, arguments);
    } else if (fold.byColumns()) {
      Dim3 grid = new Dim3((fold.outputs + WARP - 1) / WARP, strands, 1);
      reduce.launch(name + "_columns", grid, new Dim3(WARP, WARPS, 1), arguments);
    } else {
      int blocks = (fold.outputs * strands + WARPS - 1) / WARPS;
      reduce.launch(name + "_rows", Dim3.of(blocks), new Dim3(WARP, WARPS, 1), arguments);
    }
  }

  /** {@link dev.weft.tensor.Backend#argMax}. */
  void argMax(Tensor x, Tensor out) {
    int n = x.dim(-1);
    int rows = out.numel();
    if (rows == 0) {
      return;
    }
    int[] dims = x.shape().dims();
    dims[dims.length - 1] = 1;
    Layout layout = Layout.of(dims, new int[][] {x.strides()});
    Arguments arguments =
        new Arguments()
            .add(CudaStorage.address(x))
            .add(CudaStorage.address(out))
            .add(layout.bytes())
            .add(x.stride(-1))
            .add(rows)
            .add(n);
    IndexRange.wroteBelow(out, n);
    String kernel = x.dtype() == DType.F32 ? "arg_max_f32" : "arg_max_f64";
    Dim3 grid = Dim3.of((rows + WARPS - 1) / WARPS);
    argMax.launch(kernel, grid, new Dim3(WARP, WARPS, 1), arguments);
  }
}
