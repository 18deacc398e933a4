package dev.weft.cuda.ptx;

import java.util.List;

/**
 * {@code ldmatrix}: a warp loads one, two or four matrices of 8×8 numbers of 16 bits from shared
 * memory as fragments; PTX ISA, chapter 9.7.14.5.15. Lanes 8 i … 8 i + 7 say where the rows of
 * matrix i are. A lane gets the numbers 2 (lane mod 4) and the next of row lane / 4; with {@code
 * .trans} rows and columns are exchanged.
 */
final class MatrixLoads {
  private static final int SIDE = 8;
  private static final int ROW_BYTES = 2 * SIDE;

  private MatrixLoads() {}

  static Op decode(Decoder d, Instruction i) {
    if (!i.name().equals("ldmatrix")) {
      return null;
    }
    boolean known =
        i.has("sync") && i.has("m8n8") && i.has("b16") && MemoryOps.space(i).equals("shared");
    List<Operand> to =
        i.operand(0) instanceof Operand.Vector(List<Operand> parts) ? parts : List.of(i.operand(0));
    if (!known || !i.has("x" + to.size())) {
      throw new PtxException(i.line(), "unknown instruction " + i.opcode());
    }
    return new Load(d.place(i, i.operand(1)), d.destinations(to), i.has("trans"));
  }

  private static final class Load extends MemoryOps.Access {
    private final int[] to;
    private final boolean turned;
    private final int[] rows = new int[Warp.LANES];

    Load(Decoder.Place place, int[] to, boolean turned) {
      super(place, Space.named(0, "shared"), ROW_BYTES, ROW_BYTES);
      this.to = to;
      this.turned = turned;
      writes(to);
    }

    @Override
    void run(Warp warp, int mask) {
      if (mask != -1) {
        throw fault(
            warp, Integer.numberOfTrailingZeros(mask), "all lanes of the warp must take part");
      }
      // Lanes beyond the matrices' rows have an address too, which is not looked at.
      int asked = to.length == 4 ? -1 : (1 << (SIDE * to.length)) - 1;
      prepare(warp, asked);
      for (int lane = 0; lane < SIDE * to.length; lane++) {
        rows[lane] = space.locate(this, warp, lane, addresses[lane], ROW_BYTES, false);
        requireWritten(warp, lane, rows[lane], 8);
        requireWritten(warp, lane, rows[lane] + 8, 8);
      }
      for (int matrix = 0; matrix < to.length; matrix++) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
          int row = lane / 4;
          int pair = lane % 4 * 2;
          long low = turned ? number(matrix, pair, row) : number(matrix, row, pair);
          long high = turned ? number(matrix, pair + 1, row) : number(matrix, row, pair + 1);
          warp.r[to[matrix] * Warp.LANES + lane] = high << 16 | low;
        }
      }
    }

    private long number(int matrix, int row, int column) {
      return Bytes.get(space.data, rows[matrix * SIDE + row] + 2 * column, 2);
    }
  }
}
