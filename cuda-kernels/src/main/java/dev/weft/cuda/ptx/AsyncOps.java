package dev.weft.cuda.ptx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Copies from global to shared memory that go on while the thread does, {@code cp.async}; PTX ISA,
 * chapter 9.7.9.25. What is copied arrives when the thread waits for it, no sooner: until then the
 * place counts as unwritten, so that who reads too early is found.
 */
final class AsyncOps {
  private AsyncOps() {}

  static Op decode(Decoder d, Instruction i) {
    if (!i.name().equals("cp") || !i.has("async")) {
      return null;
    }
    if (i.has("commit_group")) {
      return new Commit();
    }
    if (i.has("wait_all")) {
      return new Wait(-1);
    }
    if (i.has("wait_group")) {
      return new Wait(d.source(i.operand(0), PtxType.U32));
    }
    boolean known = i.has("global") && (i.has("ca") || i.has("cg"));
    return known && (i.has("shared") || i.has("shared::cta")) ? new Copy(d, i) : null;
  }

  /** Copies of a warp that have not arrived. */
  static final class Pending {
    private final List<Arrival> arrivals = new ArrayList<>();
    private final int[] groups = new int[Warp.LANES];

    void clear() {
      arrivals.clear();
      Arrays.fill(groups, 0);
    }
  }

  /** What a lane has coming, and in which of its groups. */
  private record Arrival(Op op, int lane, int group, int at, byte[] data) {
    void arrive(Warp warp) {
      SharedMemory memory = warp.block.shared;
      memory.writes(op, warp, lane, at, data.length, false);
      System.arraycopy(data, 0, memory.data, at, data.length);
      Arrays.fill(memory.marks, at, at + data.length, (byte) 1);
    }
  }

  /** 4, 8 or 16 bytes; where the source is said to be shorter, zeros follow. */
  private static final class Copy extends Op {
    private final Space from = Space.named(0, "global");
    private final Space to = Space.named(0, "shared");
    private final Decoder.Place target;
    private final Decoder.Place source;
    private final int bytes;
    private final int given;
    private final long[] targets = new long[Warp.LANES];
    private final long[] sources = new long[Warp.LANES];

    Copy(Decoder d, Instruction i) {
      this.target = d.place(i, i.operand(0));
      this.source = d.place(i, i.operand(1));
      this.bytes = i.operand(2) instanceof Operand.IntegerConstant(long size) ? (int) size : 0;
      if (bytes != 16 && (i.has("cg") || (bytes != 4 && bytes != 8))) {
        throw new PtxException(i.line(), i.opcode() + ": cannot copy so many bytes");
      }
      boolean shorter = i.operands().size() > 3;
      this.given = d.source(i.operand(shorter ? 3 : 2), PtxType.U32);
      this.category = Category.MEMORY;
      reads(target.base(), source.base(), given);
    }

    @Override
    void run(Warp warp, int mask) {
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int lane = Integer.numberOfTrailingZeros(rest);
        targets[lane] = aligned(warp, lane, target);
        sources[lane] = aligned(warp, lane, source);
      }
      if (warp.block.counters.countsMemory()) {
        from.count(warp, sources, reading(warp, mask), bytes);
        to.count(warp, targets, mask, bytes);
      }
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        issue(warp, Integer.numberOfTrailingZeros(rest));
      }
    }

    /** The lanes whose source is something. */
    private int reading(Warp warp, int mask) {
      int lanes = mask;
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int lane = Integer.numberOfTrailingZeros(rest);
        lanes &= warp.r[given * Warp.LANES + lane] == 0 ? ~(1 << lane) : -1;
      }
      return lanes;
    }

    private long aligned(Warp warp, int lane, Decoder.Place place) {
      long address = warp.r[place.base() * Warp.LANES + lane] + place.offset();
      if (address % bytes != 0) {
        throw fault(warp, lane, "misaligned: %d bytes at address %#x".formatted(bytes, address));
      }
      return address;
    }

    private void issue(Warp warp, int lane) {
      int size = (int) Math.min(warp.r[given * Warp.LANES + lane], bytes);
      byte[] data = new byte[bytes];
      if (size > 0) {
        int at = from.locate(this, warp, lane, sources[lane], size, false);
        for (int k = 0; k < size; k++) {
          if (from.marks[at + k] == 0) {
            throw fault(
                warp,
                lane,
                "reads %d bytes at address %#x that were never written"
                    .formatted(size, sources[lane]));
          }
        }
        System.arraycopy(from.data, at, data, 0, size);
      }
      int at = to.locate(this, warp, lane, targets[lane], bytes, true);
      Arrays.fill(to.marks, at, at + bytes, (byte) 0);
      Pending pending = warp.copies;
      pending.arrivals.add(new Arrival(this, lane, pending.groups[lane], at, data));
    }
  }

  /** What a lane has copied since its last group becomes its next one. */
  private static final class Commit extends Op {
    @Override
    void run(Warp warp, int mask) {
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        warp.copies.groups[Integer.numberOfTrailingZeros(rest)]++;
      }
    }
  }

  /** Waits until at most so many of a lane's newest groups are on their way; -1: for all copies. */
  private static final class Wait extends Op {
    private final int newest;

    Wait(int newest) {
      this.newest = newest;
      if (newest >= 0) {
        reads(newest);
      }
    }

    @Override
    void run(Warp warp, int mask) {
      Pending pending = warp.copies;
      for (Iterator<Arrival> all = pending.arrivals.iterator(); all.hasNext(); ) {
        Arrival arrival = all.next();
        int lane = arrival.lane;
        long left = newest < 0 ? -1 : warp.r[newest * Warp.LANES + lane];
        if ((mask >>> lane & 1) != 0 && arrival.group < pending.groups[lane] - left) {
          arrival.arrive(warp);
          all.remove();
        }
      }
    }
  }
}
