package dev.weft.cuda.ptx;

import java.util.List;

/** Loads, stores and atomics; PTX ISA, chapters 9.7.9 and 9.7.13. */
final class MemoryOps {
  private MemoryOps() {}

  static Op decode(Decoder d, Instruction i) {
    return switch (i.name()) {
      case "ld", "ldu" -> load(d, i);
      case "st" -> store(d, i);
      case "atom" -> AtomicOps.decode(d, i, true);
      case "red" -> AtomicOps.decode(d, i, false);
      case "cp" -> AsyncOps.decode(d, i);
      case "ldmatrix" -> MatrixLoads.decode(d, i);
      case "prefetch", "prefetchu" -> new Nothing();
      default -> null;
    };
  }

  /** Does nothing that can be seen. */
  static final class Nothing extends Op {
    @Override
    void run(Warp warp, int mask) {}
  }

  static String space(Instruction i) {
    for (String modifier : i.modifiers()) {
      switch (modifier) {
        case "global", "local", "const", "param" -> {
          return modifier;
        }
        case "shared", "shared::cta" -> {
          return "shared";
        }
        case "param::entry" -> {
          return "param";
        }
        case "param::func" -> {
          return "local";
        }
        default -> {}
      }
    }
    return "generic";
  }

  /** An instruction that goes to memory: where, and how it is checked. */
  abstract static class Access extends Op {
    final Space space;
    private final int base;
    private final long offset;
    final int bytes;
    private final int align;
    final long[] addresses = new long[Warp.LANES];

    Access(Decoder.Place place, Space space, int bytes, int align) {
      this.space = space;
      this.base = place.base() * Warp.LANES;
      this.offset = place.offset();
      this.bytes = bytes;
      this.align = align;
      this.category = Category.MEMORY;
      reads(place.base());
    }

    /** Works out and checks all addresses of an access. */
    final void prepare(Warp warp, int mask) {
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int lane = Integer.numberOfTrailingZeros(rest);
        long address = warp.r[base + lane] + offset;
        if (address % align != 0) {
          throw fault(warp, lane, "misaligned: %d bytes at address %#x".formatted(align, address));
        }
        addresses[lane] = address;
      }
      if (warp.block.counters.countsMemory()) {
        space.count(warp, addresses, mask, align);
      }
    }

    final void requireWritten(Warp warp, int lane, int at, int size) {
      if (space.marks != null && !Bytes.marked(space.marks, at, size)) {
        throw unwritten(warp, lane, size);
      }
    }

    final PtxException unwritten(Warp warp, int lane, int size) {
      return fault(
          warp,
          lane,
          "reads %d bytes at address %#x that were never written".formatted(size, addresses[lane]));
    }
  }

  private static Op load(Decoder d, Instruction i) {
    PtxType type = i.type();
    Operand to = i.operand(0);
    int[] registers =
        to instanceof Operand.Vector(List<Operand> parts)
            ? d.destinations(parts)
            : new int[] {d.destination(to)};
    Space space = d.space(i, i.operand(1));
    int size = type.bytes();
    Decoder.Place place = d.place(i, i.operand(1));
    if (size == 4 && !type.isSigned() && space instanceof Space.Shared) {
      return new SharedWords(place, space, registers).writes(registers);
    }
    Op op =
        new Access(place, space, size, size * registers.length) {
          @Override
          void run(Warp warp, int mask) {
            prepare(warp, mask);
            long[] r = warp.r;
            for (int rest = mask; rest != 0; rest &= rest - 1) {
              int lane = Integer.numberOfTrailingZeros(rest);
              int at =
                  space.locate(this, warp, lane, addresses[lane], size * registers.length, false);
              for (int register : registers) {
                requireWritten(warp, lane, at, size);
                r[register * Warp.LANES + lane] = type.extend(Bytes.get(space.data, at, size));
                at += size;
              }
            }
          }
        };
    return op.writes(registers);
  }

  /** What kernels do most: words of 32 bits from shared memory, in a loop of its own. */
  private static final class SharedWords extends Access {
    private final int[] registers;

    SharedWords(Decoder.Place place, Space space, int[] registers) {
      super(place, space, 4, 4 * registers.length);
      this.registers = registers;
    }

    @Override
    void run(Warp warp, int mask) {
      prepare(warp, mask);
      SharedMemory memory = warp.block.shared;
      long[] r = warp.r;
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int lane = Integer.numberOfTrailingZeros(rest);
        int at = Space.inShared(this, warp, lane, addresses[lane], bytes);
        memory.reads(this, warp, lane, at, bytes);
        for (int register : registers) {
          if (!Bytes.marked(memory.marks, at, 4)) {
            throw unwritten(warp, lane, 4);
          }
          r[register * Warp.LANES + lane] = Bytes.get(memory.data, at, 4);
          at += 4;
        }
      }
    }
  }

  private static Op store(Decoder d, Instruction i) {
    PtxType type = i.type();
    Operand from = i.operand(1);
    int[] registers =
        from instanceof Operand.Vector(List<Operand> parts)
            ? d.sources(parts, type)
            : new int[] {d.source(from, type)};
    Space space = d.space(i, i.operand(0));
    int size = type.bytes();
    Op op =
        new Access(d.place(i, i.operand(0)), space, size, size * registers.length) {
          @Override
          void run(Warp warp, int mask) {
            prepare(warp, mask);
            long[] r = warp.r;
            for (int rest = mask; rest != 0; rest &= rest - 1) {
              int lane = Integer.numberOfTrailingZeros(rest);
              int at =
                  space.locate(this, warp, lane, addresses[lane], size * registers.length, true);
              for (int register : registers) {
                Bytes.put(space.data, at, size, r[register * Warp.LANES + lane]);
                if (space.marks != null) {
                  Bytes.mark(space.marks, at, size);
                }
                at += size;
              }
            }
          }
        };
    return op.reads(registers);
  }
}
