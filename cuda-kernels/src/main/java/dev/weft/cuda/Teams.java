package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;

/** How many threads work on a row, and how many rows a block takes; see {@code rows.cuh}. */
record Teams(int threads, int rowsPerBlock) {
  private static final int WARP = 32;

  /** The longest row that a team of 1,024 threads keeps in registers, 16 numbers each. */
  private static final int LONGEST_IN_REGISTERS = 16 * 1024;

  /** Whether a team can keep a row of n in registers. */
  static boolean canHold(int n) {
    return n <= LONGEST_IN_REGISTERS;
  }

  /** Teams that walk rows of n. */
  static Teams walking(int n) {
    return n <= 1024 ? new Teams(WARP, 4) : new Teams(256, 1);
  }

  /** Teams that keep rows of n in registers. */
  static Teams holding(int n) {
    int threads = WARP;
    while (16 * threads < n) {
      threads *= 2;
    }
    return new Teams(threads, threads == WARP ? 4 : 1);
  }

  /** Launches a kernel over all rows. */
  void launch(Launcher launcher, String kernel, int rows, Arguments arguments) {
    if (rows > 0) {
      int blocks = (rows + rowsPerBlock - 1) / rowsPerBlock;
      launcher.launch(kernel, Dim3.of(blocks), new Dim3(threads, rowsPerBlock, 1), arguments);
    }
  }
}
