package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Counters;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.cuda.ptx.GlobalMemory;
import dev.weft.cuda.ptx.PtxMachine;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A module on the PTX machine, with memory to put floats in. */
final class Card {
  static final int BLOCK = 128;

  private final GlobalMemory memory = new GlobalMemory(1 << 30);
  private final PtxMachine machine;
  private final Counters counters = new Counters(true);

  private Card(String ptx) {
    this.machine = new PtxMachine(memory, ptx);
  }

  static Card of(String module, int capability) {
    return new Card(PtxKernels.text(module, capability));
  }

  /** The module with one piece of a kernel's text replaced, which must be there. */
  static Card changed(String module, String kernel, String from, String to) {
    String text = PtxKernels.text(module, 80);
    int head = text.indexOf(".entry " + kernel + "(");
    int at = text.indexOf(from, head);
    int next = text.indexOf(".entry ", head + 1);
    if (head < 0 || at < 0 || (next >= 0 && at > next)) {
      throw new IllegalArgumentException(module + "." + kernel + " has no " + from);
    }
    return new Card(text.substring(0, at) + to + text.substring(at + from.length()));
  }

  static Card running(String ptx) {
    return new Card(ptx);
  }

  long put(float[] values) {
    long address = empty(values.length);
    memory.write(address, MemorySegment.ofArray(values));
    return address;
  }

  long put(int[] values) {
    long address = empty(values.length);
    memory.write(address, MemorySegment.ofArray(values));
    return address;
  }

  long put(byte[] bytes) {
    long address = memory.allocate(bytes.length);
    memory.write(address, MemorySegment.ofArray(bytes));
    return address;
  }

  /** Room for so many floats, unwritten. */
  long empty(int floats) {
    return memory.allocate(4L * floats);
  }

  float[] floats(long address, int count) {
    float[] values = new float[count];
    memory.read(address, MemorySegment.ofArray(values));
    return values;
  }

  int[] integers(long address, int count) {
    int[] values = new int[count];
    memory.read(address, MemorySegment.ofArray(values));
    return values;
  }

  byte[] bytes(long address, int count) {
    byte[] values = new byte[count];
    memory.read(address, MemorySegment.ofArray(values));
    return values;
  }

  Card launch(String kernel, int blocks, int threads, Arguments arguments) {
    return launch(kernel, Dim3.of(blocks), Dim3.of(threads), arguments);
  }

  Card launch(String kernel, Dim3 grid, Dim3 block, Arguments arguments) {
    machine.launch(kernel, grid, block, 0, arguments, counters);
    return this;
  }

  Counters counters() {
    return counters;
  }

  /** Integers one after the other, as a structure passed by value holds them. */
  static byte[] structure(int... values) {
    byte[] bytes = new byte[4 * values.length];
    MemorySegment.copy(
        values, 0, MemorySegment.ofArray(bytes), ValueLayout.JAVA_INT_UNALIGNED, 0, values.length);
    return bytes;
  }

  static byte[] structure(float... values) {
    byte[] bytes = new byte[4 * values.length];
    MemorySegment.copy(
        values,
        0,
        MemorySegment.ofArray(bytes),
        ValueLayout.JAVA_FLOAT_UNALIGNED,
        0,
        values.length);
    return bytes;
  }

  /** The structure {@code View} of dense rows; see {@code rows.cuh}. */
  static byte[] rows(long address, int rows, int n) {
    ByteBuffer bytes = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN).putLong(address);
    for (int axis = 0; axis < RowView.AXES; axis++) {
      boolean last = axis == RowView.AXES - 1;
      bytes.putInt(8 + 4 * axis, last ? rows : 1);
      bytes.putInt(8 + 4 * (RowView.AXES + axis), last ? n : 0);
    }
    return bytes.putInt(8 + 8 * RowView.AXES, 1).array();
  }

  /** The structure {@code Vector} of neighbours. */
  static byte[] vector(long address) {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(address)
        .putLong(1)
        .array();
  }

  /** The structure {@code Product} of dense matrices; see {@code product.cuh}. */
  static byte[] product(long a, long b, long out, int m, int n, int k) {
    ByteBuffer bytes = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(a).putLong(b).putLong(out).putLong(0).putDouble(1);
    bytes.putInt(m).putInt(n).putInt(k).putInt(k).putInt(1).putInt(n).putInt(1).putInt(0);
    return bytes.putInt(1).putInt(-1).putInt(1).putInt(1).putInt(1).putInt(1).array();
  }
}
