package dev.weft.cuda.ptx;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The device's memory. Every allocation has a window of addresses of its own, 2^{@value
 * #WINDOW_BITS} bytes wide, so that no access beside one can fall into another.
 */
public final class GlobalMemory {
  static final int WINDOW_BITS = 36;
  private static final long WITHIN = (1L << WINDOW_BITS) - 1;

  /** An allocation: its bytes, and for each a mark of whether it was written. */
  static final class Segment {
    final byte[] data;
    final byte[] marks;

    Segment(int bytes) {
      data = new byte[bytes];
      marks = new byte[bytes];
    }
  }

  private final List<Segment> segments = new ArrayList<>(List.of(new Segment(0)));
  private final List<Integer> freed = new ArrayList<>();
  private final long capacity;
  private long used;

  /** Memory of so many bytes. */
  public GlobalMemory(long capacity) {
    this.capacity = capacity;
  }

  /** Bytes in all. */
  public long capacity() {
    return capacity;
  }

  /** Bytes allocated. */
  public synchronized long used() {
    return used;
  }

  /** The address of so many bytes, not yet written; 0 if there is no room for them. */
  public synchronized long allocate(long bytes) {
    if (bytes > capacity - used || bytes > Integer.MAX_VALUE - 8) {
      return 0;
    }
    used += bytes;
    Segment segment = new Segment((int) bytes);
    if (freed.isEmpty()) {
      segments.add(segment);
      return (segments.size() - 1L) << WINDOW_BITS;
    }
    int index = freed.removeLast();
    segments.set(index, segment);
    return (long) index << WINDOW_BITS;
  }

  /** Gives an allocation back. */
  public synchronized void free(long address) {
    int index = index(address);
    Segment segment = segment(address);
    if (segment == null || (address & WITHIN) != 0) {
      throw new PtxException("free: %#x is no allocation".formatted(address));
    }
    used -= segment.data.length;
    segments.set(index, null);
    freed.add(index);
  }

  /** What an allocation held counts as unwritten from now on. */
  public void forget(long address, long bytes) {
    Segment segment = located("forget", address, bytes);
    int at = offset(address);
    Arrays.fill(segment.marks, at, at + (int) bytes, (byte) 0);
  }

  /** Copies into the memory. */
  public void write(long address, MemorySegment source) {
    Segment segment = located("upload", address, source.byteSize());
    int at = offset(address);
    int bytes = (int) source.byteSize();
    MemorySegment.ofArray(segment.data).asSlice(at, bytes).copyFrom(source);
    Arrays.fill(segment.marks, at, at + bytes, (byte) 1);
  }

  /** Copies out of the memory. */
  public void read(long address, MemorySegment target) {
    Segment segment = located("download", address, target.byteSize());
    target.copyFrom(
        MemorySegment.ofArray(segment.data).asSlice(offset(address), target.byteSize()));
  }

  /** Copies within the memory, marks included. */
  public void copy(long from, long to, long bytes) {
    Segment source = located("copy", from, bytes);
    Segment target = located("copy", to, bytes);
    System.arraycopy(source.data, offset(from), target.data, offset(to), (int) bytes);
    System.arraycopy(source.marks, offset(from), target.marks, offset(to), (int) bytes);
  }

  private Segment located(String what, long address, long bytes) {
    Segment segment = segment(address);
    if (segment == null || offset(address) + bytes > segment.data.length) {
      throw new PtxException(what + ": " + outside(address, bytes));
    }
    return segment;
  }

  static int index(long address) {
    return (int) (address >>> WINDOW_BITS);
  }

  static int offset(long address) {
    return (int) Math.min(address & WITHIN, Integer.MAX_VALUE);
  }

  /** The allocation that an address points into or past; null if there is none. */
  Segment segment(long address) {
    int index = index(address);
    return index < segments.size() ? segments.get(index) : null;
  }

  /** What is wrong with an access, in words. */
  String outside(long address, long bytes) {
    Segment segment = segment(address);
    String access = bytes + " bytes at address %#x".formatted(address);
    if (segment == null || index(address) == 0) {
      return access + ", where nothing is allocated";
    }
    return "%s, offset %d of an allocation of %d bytes"
        .formatted(access, address & WITHIN, segment.data.length);
  }
}
