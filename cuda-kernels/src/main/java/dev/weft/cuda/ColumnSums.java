package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/**
 * Sums over rows in two launches, chunks of rows and then the chunks; see {@code columns.cuh}.
 *
 * @param launcher of the module
 * @param addUp name of the kernel that adds up chunks, less the type
 */
record ColumnSums(Launcher launcher, String addUp) {
  private static final int COLUMNS = 32;
  private static final int TEAM = 16;
  private static final int MOST_CHUNKS = 128;

  /** How many rows a chunk has; the same on every device, so that all add in one order. */
  static int rowsPerChunk(int rows) {
    return Math.max(64, (rows + MOST_CHUNKS - 1) / MOST_CHUNKS);
  }

  /**
   * Launches a kernel of column sums.
   *
   * @param extent x: columns, y: chunks, z: what else the kernel counts
   */
  void launch(String kernel, Dim3 extent, Arguments arguments) {
    Dim3 grid = new Dim3((extent.x() + COLUMNS - 1) / COLUMNS, extent.y(), extent.z());
    launcher.launch(kernel, grid, new Dim3(COLUMNS, TEAM, 1), arguments);
  }

  /** Where the chunks' sums go: into the results themselves if there is one chunk only. */
  Parts parts(CudaMemory memory, Tensor dscale, Tensor dshift, int chunks) {
    DType dtype = dscale.dtype();
    int n = dscale.numel();
    int length = Math.multiplyExact(2 * chunks, n);
    Tensor scratch =
        chunks == 1 ? null : Tensor.over(memory.take(dtype, length), Shape.of(length), 0);
    return new Parts(this, dscale, dshift, chunks, scratch);
  }

  /** Sums of the chunks, [chunks, n] twice, until closed. */
  record Parts(ColumnSums sums, Tensor dscale, Tensor dshift, int chunks, Tensor scratch)
      implements AutoCloseable {

    long scales() {
      return scratch == null ? CudaStorage.address(dscale) : CudaStorage.address(scratch);
    }

    long shifts() {
      long bytes = (long) chunks * dscale.numel() * dscale.dtype().byteSize();
      return scratch == null ? CudaStorage.address(dshift) : CudaStorage.address(scratch) + bytes;
    }

    /** Adds up the chunks. */
    void addUp() {
      if (chunks > 1) {
        int n = dscale.numel();
        Arguments arguments = new Arguments().add(scales()).add(shifts()).add(chunks).add(n);
        arguments.add(CudaStorage.address(dscale)).add(CudaStorage.address(dshift));
        String suffix = dscale.dtype() == DType.F64 ? "_f64" : "_f32";
        sums.launch(sums.addUp + suffix, new Dim3(n, 1, 1), arguments);
      }
    }

    @Override
    public void close() {
      if (scratch != null) {
        scratch.storage().release();
      }
    }
  }
}
