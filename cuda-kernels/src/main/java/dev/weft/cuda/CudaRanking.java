package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/** The greatest elements of rows, in falling order. */
final class CudaRanking {
  private static final int THREADS = 256;
  private static final int SORT_THREADS = 1024;

  /** Entries that a block can collect in shared memory: {@code ROOM} in {@code top_k.cu}. */
  private static final int ROOM = 2048;

  /** Scratch memory for rows that are sorted as a whole, in entries. */
  private static final int MOST_ENTRIES = 1 << 22;

  private final CudaMemory memory;
  private final Launcher topK;

  CudaRanking(Gpu gpu, CudaMemory memory) {
    this.memory = memory;
    this.topK = new Launcher(gpu, "top_k");
  }

  /** {@link dev.weft.tensor.Backend#topK}. */
  void topK(Tensor x, Tensor values, Tensor indices) {
    int k = values.dim(-1);
    int n = x.dim(-1);
    if (values.numel() == 0) {
      return;
    }
    IndexRange.wroteBelow(indices, n);
    int rows = values.numel() / k;
    String kernel = x.dtype() == DType.F32 ? "top_k_f32" : "top_k_f64";
    if (k + THREADS <= ROOM) {
      int room = powerOfTwo(k + THREADS);
      topK.rows(kernel, rows, THREADS, operands(x, values, indices, 0).add(n).add(k).add(room));
    } else {
      sortRows(kernel + "_sorted", x, values, indices);
    }
  }

  private static int powerOfTwo(int least) {
    return Integer.highestOneBit(2 * least - 1);
  }

  /** The addresses from a row on. */
  private static Arguments operands(Tensor x, Tensor values, Tensor indices, long row) {
    long size = x.dtype().byteSize();
    long k = values.dim(-1);
    return new Arguments()
        .add(CudaStorage.address(x) + row * x.dim(-1) * size)
        .add(CudaStorage.address(values) + row * k * size)
        .add(CudaStorage.address(indices) + row * k * DType.I32.byteSize());
  }

  private void sortRows(String kernel, Tensor x, Tensor values, Tensor indices) {
    int n = x.dim(-1);
    int k = values.dim(-1);
    int rows = values.numel() / k;
    int size = powerOfTwo(n);
    int together = Math.clamp(MOST_ENTRIES / size, 1, rows);
    // An entry is a rank and an index: 8 bytes for F32, 16 for F64.
    int words = x.dtype().byteSize() / 4;
    CudaStorage scratch = memory.take(DType.I64, Math.multiplyExact(together * words, size));
    long address = CudaStorage.address(Tensor.over(scratch, Shape.of(1), 0));
    for (int row = 0; row < rows; row += together) {
      Arguments arguments = operands(x, values, indices, row).add(n).add(k).add(address).add(size);
      topK.rows(kernel, Math.min(together, rows - row), SORT_THREADS, arguments);
    }
    scratch.release();
  }
}
