package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.lang.foreign.MemorySegment;

/**
 * Rows by index: gather, and scatter-add in the order of the indices. Indices are checked before
 * anything is written: a wrong one is the caller's mistake, and to be told where it was made. The
 * host waits for that, unless it {@linkplain IndexRange knows} them.
 */
final class CudaLookup {
  private static final int VECTOR = 16;
  private static final int WARP = 32;
  private static final int WARPS = 8;
  private static final int SCAN_THREADS = 1024;

  private final Gpu gpu;
  private final CudaMemory memory;
  private final CudaElements elements;
  private final Launcher indices;
  private final Launcher gather;
  private final Launcher scatter;

  CudaLookup(Gpu gpu, CudaMemory memory) {
    this.gpu = gpu;
    this.memory = memory;
    this.elements = new CudaElements(gpu, memory);
    this.indices = new Launcher(gpu, "indices");
    this.gather = new Launcher(gpu, "gather");
    this.scatter = new Launcher(gpu, "scatter_add");
  }

  /** {@link dev.weft.tensor.Backend#gather}. */
  void gather(Tensor table, Tensor indices, Tensor out) {
    IndexRange.wrote(out);
    int n = indices.numel();
    if (n == 0) {
      return;
    }
    try (Scratch rows = rows("gather", indices, table.dim(0))) {
      if (out.numel() > 0) {
        gather(table, rows.address(), n, out);
      }
    }
  }

  private void gather(Tensor table, long rows, int n, Tensor out) {
    int width = table.dim(1);
    int size = table.dtype().byteSize();
    long from = CudaStorage.address(table);
    long to = CudaStorage.address(out);
    Arguments arguments = new Arguments().add(from).add(rows).add(to);
    long lengths = (long) width * size | (long) table.stride(0) * size;
    boolean dense = table.stride(1) == 1 || width == 1;
    if (dense && (from | to | lengths) % VECTOR == 0) {
      arguments.add(table.stride(0) * size / VECTOR).add(width * size / VECTOR).add(n);
      int blocks = Math.min((n + WARPS - 1) / WARPS, 64 * gpu.multiprocessors());
      gather.launch("gather_dense", Dim3.of(blocks), new Dim3(WARP, WARPS, 1), arguments);
    } else {
      arguments.add(table.stride(0)).add(table.stride(1)).add(width).add(out.numel());
      gather.elements("gather_" + size, out.numel(), arguments);
    }
  }

  /** {@link dev.weft.tensor.Backend#scatterAdd}. */
  void scatterAdd(Tensor indices, Tensor source, Tensor out) {
    int n = indices.numel();
    if (n == 0) {
      return;
    }
    try (Scratch rows = rows("scatterAdd", indices, out.dim(0));
        Scratch dense = dense(source)) {
      if (source.numel() > 0) {
        add(rows.address(), n, dense.address(), out);
      }
    }
  }

  private void add(long rows, int n, long source, Tensor out) {
    int count = out.dim(0);
    try (Scratch counts = integers(count);
        Scratch begin = integers(count);
        Scratch free = integers(count);
        Scratch places = integers(n);
        Scratch ordered = integers(n)) {
      gpu.zero(counts.address(), 4L * count);
      scatter.elements(
          "scatter_add_count", n, new Arguments().add(rows).add(n).add(counts.address()));
      Arguments sums = new Arguments().add(counts.address()).add(begin.address());
      scatter.launch(
          "scatter_add_begin",
          Dim3.of(1),
          Dim3.of(SCAN_THREADS),
          sums.add(free.address()).add(count));
      Arguments places1 = new Arguments().add(rows).add(n).add(free.address());
      scatter.elements("scatter_add_collect", n, places1.add(places.address()));
      Arguments ranks = new Arguments().add(rows).add(n).add(counts.address());
      ranks.add(begin.address()).add(places.address()).add(ordered.address());
      scatter.elements("scatter_add_order", n, ranks);
      Arguments all = new Arguments().add(rows).add(n).add(counts.address());
      all.add(begin.address()).add(ordered.address()).add(source);
      all.add(CudaStorage.address(out)).add(out.dim(1));
      String kernel = out.dtype() == DType.F32 ? "scatter_add_f32" : "scatter_add_f64";
      Dim3 grid = Dim3.of((n + WARPS - 1) / WARPS);
      scatter.launch(kernel, grid, new Dim3(WARP, WARPS, 1), all);
    }
  }

  /** The indices in row-major order as I32, all of them checked to be rows of so many. */
  Scratch rows(String op, Tensor index, int count) {
    int n = index.numel();
    boolean known = IndexRange.isBelow(index, count);
    if (known && index.dtype() == DType.I32 && index.isContiguous()) {
      return new Scratch(index, null);
    }
    Scratch rows = integers(n);
    if (known) {
      resolve(index, rows, 0, count);
      return rows;
    }
    try (Scratch wrong = integers(1)) {
      int[] first = {n};
      gpu.upload(MemorySegment.ofArray(first), wrong.address());
      resolve(index, rows, wrong.address(), count);
      gpu.download(wrong.address(), MemorySegment.ofArray(first));
      if (first[0] < n) {
        rows.close();
        throw new TensorException(
            "%s: index %d is outside a table of %d rows"
                .formatted(op, element(index, first[0]), count));
      }
    }
    return rows;
  }

  private void resolve(Tensor index, Scratch rows, long wrong, int count) {
    Arguments arguments = new Arguments().add(CudaStorage.address(index)).add(rows.address());
    arguments.add(wrong).add(Layout.of(index).bytes()).add(index.numel()).add(count);
    String kernel = index.dtype() == DType.I64 ? "indices_i64" : "indices_i32";
    indices.elements(kernel, index.numel(), arguments);
  }

  /** An element of an index tensor by its place in row-major order. */
  private long element(Tensor index, int place) {
    long at = 0;
    int rest = place;
    for (int axis = index.rank() - 1; axis >= 0; axis--) {
      at += (long) (rest % index.dim(axis)) * index.stride(axis);
      rest /= index.dim(axis);
    }
    long address = CudaStorage.address(index) + at * index.dtype().byteSize();
    if (index.dtype() == DType.I64) {
      long[] value = new long[1];
      gpu.download(address, MemorySegment.ofArray(value));
      return value[0];
    }
    int[] value = new int[1];
    gpu.download(address, MemorySegment.ofArray(value));
    return value[0];
  }

  private Scratch integers(int count) {
    return Scratch.of(memory, DType.I32, count);
  }

  /** The tensor's elements side by side: where they lie, or a copy. */
  private Scratch dense(Tensor tensor) {
    if (tensor.isContiguous()) {
      return new Scratch(tensor, null);
    }
    Scratch copy = Scratch.of(memory, tensor.dtype(), tensor.numel());
    elements.copy(tensor, Tensor.over(copy.storage(), tensor.shape(), 0));
    return copy;
  }

  /**
   * Elements that an operation works on and gives back.
   *
   * @param storage what goes back to the pool; null if the elements are an operand's own
   */
  record Scratch(Tensor tensor, CudaStorage storage) implements AutoCloseable {

    static Scratch of(CudaMemory memory, DType dtype, int count) {
      CudaStorage storage = memory.take(dtype, count);
      return new Scratch(Tensor.over(storage, Shape.of(count), 0), storage);
    }

    long address() {
      return CudaStorage.address(tensor);
    }

    @Override
    public void close() {
      if (storage != null) {
        storage.release();
      }
    }
  }
}
