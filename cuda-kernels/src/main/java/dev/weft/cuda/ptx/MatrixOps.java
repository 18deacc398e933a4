package dev.weft.cuda.ptx;

import java.util.List;

/**
 * Matrix products of a warp, {@code mma.sync}: D (16×8) = A B + C with A and B of BF16, F16
 * (m16n8k16, m16n8k8) or TF32 (m16n8k8, m16n8k4) and sums in F32; PTX ISA, chapter 9.7.14, whose
 * fragment layouts these are. The order of summation is the card's own affair; here sums are exact
 * to a double and rounded once.
 */
final class MatrixOps {
  private static final int M = 16;
  private static final int N = 8;

  private MatrixOps() {}

  static Op decode(Decoder d, Instruction i) {
    if (!i.name().equals("mma")) {
      return null;
    }
    List<PtxType> types = i.types();
    PtxType type = types.get(1);
    boolean known =
        i.has("sync")
            && i.has("row")
            && i.has("col")
            && types.get(0) == PtxType.F32
            && types.get(3) == PtxType.F32
            && types.get(2) == type
            && (type == PtxType.BF16 || type == PtxType.F16 || type == PtxType.TF32);
    String shape =
        i.modifiers().stream().filter(m -> m.startsWith("m16n8k")).findFirst().orElse("");
    if (!known || shape.isEmpty()) {
      throw new PtxException(i.line(), "unknown instruction " + i.opcode());
    }
    return new Product(d, i, type, Integer.parseInt(shape.substring("m16n8k".length())));
  }

  private static List<Operand> parts(Operand operand) {
    return ((Operand.Vector) operand).elements();
  }

  private static final class Product extends Op {
    private final PtxType type;
    private final int k;
    private final int perRegister;
    private final int[] to;
    private final int[] a;
    private final int[] b;
    private final int[] c;

    Product(Decoder d, Instruction i, PtxType type, int k) {
      this.type = type;
      this.k = k;
      this.perRegister = type == PtxType.TF32 ? 1 : 2;
      this.to = d.destinations(parts(i.operand(0)));
      this.a = d.sources(parts(i.operand(1)), PtxType.B32);
      this.b = d.sources(parts(i.operand(2)), PtxType.B32);
      this.c = d.sources(parts(i.operand(3)), PtxType.F32);
      this.category = Category.MATRIX;
      if (a.length * perRegister * Warp.LANES != M * k
          || b.length * perRegister * Warp.LANES != k * N) {
        throw new PtxException(i.line(), i.opcode() + ": fragments of another size");
      }
      reads(a).reads(b).reads(c).writes(to);
    }

    @Override
    void run(Warp w, int mask) {
      if (mask != -1) {
        throw fault(w, Integer.numberOfTrailingZeros(mask), "all lanes of the warp must take part");
      }
      double[] left = new double[M * k];
      double[] right = new double[k * N];
      for (int lane = 0; lane < Warp.LANES; lane++) {
        collect(w, lane, left, right);
      }
      float[] results = new float[4 * Warp.LANES];
      for (int lane = 0; lane < Warp.LANES; lane++) {
        for (int e = 0; e < 4; e++) {
          int row = lane / 4 + (e < 2 ? 0 : 8);
          int column = lane % 4 * 2 + (e & 1);
          double sum = Floats.f32(w.r[c[e] * Warp.LANES + lane]);
          for (int p = 0; p < k; p++) {
            sum += left[row * k + p] * right[p * N + column];
          }
          results[4 * lane + e] = (float) sum;
        }
      }
      for (int e = 0; e < results.length; e++) {
        w.r[to[e % 4] * Warp.LANES + e / 4] = Floats.bits(results[e]);
      }
    }

    /** A lane's elements of A and B to where they belong. */
    private void collect(Warp w, int lane, double[] left, double[] right) {
      int group = lane / 4;
      int within = lane % 4;
      for (int register = 0; register < a.length; register++) {
        for (int e = 0; e < perRegister; e++) {
          int row = group + (register % 2 == 0 ? 0 : 8);
          int column = within * perRegister + e + register / 2 * 4 * perRegister;
          left[row * k + column] = element(w.r[a[register] * Warp.LANES + lane], e);
        }
      }
      for (int register = 0; register < b.length; register++) {
        for (int e = 0; e < perRegister; e++) {
          int row = within * perRegister + e + register * 4 * perRegister;
          right[row * N + group] = element(w.r[b[register] * Warp.LANES + lane], e);
        }
      }
    }

    /** TF32 is the upper 19 bits of a register; the lower element of a pair is the first. */
    private double element(long register, int e) {
      return type == PtxType.TF32
          ? Floats.f32(register & ~0x1fffL)
          : Floats.value(type, register >>> (16 * e));
    }
  }
}
