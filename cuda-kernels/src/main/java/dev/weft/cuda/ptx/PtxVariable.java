package dev.weft.cuda.ptx;

/**
 * A variable in some state space.
 *
 * @param space {@code global}, {@code const}, {@code shared}, {@code local} or {@code param}
 * @param bytes its size; 0 for an external array of shared memory, whose size the launch gives
 * @param initial its first content, or null
 */
record PtxVariable(String space, String name, int align, int bytes, byte[] initial) {

  /** The next multiple of this variable's alignment. */
  int aligned(int offset) {
    return (offset + align - 1) / align * align;
  }
}
