package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;

/** How the families of operations launch the kernels of one module. */
record Launcher(Gpu gpu, String module) {
  /** Threads of a block where a kernel does not ask for a number of its own. */
  static final int THREADS = 256;

  /** One thread for each element, more elements than threads being walked in strides. */
  void elements(String kernel, long count, Arguments arguments) {
    if (count > 0) {
      long blocks = Math.min((count + THREADS - 1) / THREADS, 32L * gpu.multiprocessors());
      launch(kernel, Dim3.of((int) blocks), Dim3.of(THREADS), arguments);
    }
  }

  /** The same with four elements a thread; the count becomes the last argument. */
  void vectors(String kernel, int count, Arguments arguments) {
    elements(kernel, (count + 3L) / 4, arguments.add(count));
  }

  /** One block for each row. */
  void rows(String kernel, int rows, int threads, Arguments arguments) {
    if (rows > 0) {
      launch(kernel, Dim3.of(rows), Dim3.of(threads), arguments);
    }
  }

  /** A grid of one's own. */
  void launch(String kernel, Dim3 grid, Dim3 block, Arguments arguments) {
    launch(kernel, grid, block, 0, arguments);
  }

  /** The same with dynamic shared memory. */
  void launch(String kernel, Dim3 grid, Dim3 block, int sharedBytes, Arguments arguments) {
    gpu.launch(module, kernel, grid, block, sharedBytes, arguments);
  }
}
