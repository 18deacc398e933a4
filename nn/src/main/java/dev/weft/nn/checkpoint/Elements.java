package dev.weft.nn.checkpoint;

import dev.weft.tensor.cpu.BFloat16;
import dev.weft.tensor.cpu.HeapStorage;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** Elements of a file into an array: one run from any start, at any stride. */
final class Elements {
  private static final boolean IS_NATIVE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private Elements() {}

  /**
   * Reads {@code n} elements as what their type is read as.
   *
   * @param from elements of {@code type}, the first at index {@code index}, each {@code stride}
   *     elements behind the last
   * @param to a storage of {@link StoredType#dtype}
   * @throws ArithmeticException at a U64 beyond I64
   */
  static void read(
      StoredType type, MemorySegment from, long index, long stride, HeapStorage to, int at, int n) {
    boolean isDense = stride == 1 && type.byteSize() == type.dtype().byteSize();
    if (isDense) {
      copy(type, from, index, to, at, n);
    } else {
      gather(type, from, index, stride, to, at, n);
    }
    switch (type) {
      case BOOL -> makeBooleans(to.bytes(), at, n);
      case U64 -> requireSigned(to.longs(), at, n);
      default -> {}
    }
  }

  private static void copy(
      StoredType type, MemorySegment from, long index, HeapStorage to, int at, int n) {
    copy(type, from, index, to.array(), at, n);
  }

  /** Copies neighbours of a type that lies in files as it does in memory to an array of it. */
  static void copy(StoredType type, MemorySegment from, long index, Object to, int at, int n) {
    int width = type.byteSize();
    if (IS_NATIVE) {
      MemorySegment.copy(from, index * width, segment(to), (long) at * width, (long) n * width);
    } else {
      copyReversed(type, from, index * width, to, at, n);
    }
  }

  /** By hand: what the library does for an array of any type loads dozens of classes first. */
  @SuppressWarnings("IfChainToSwitch")
  private static MemorySegment segment(Object array) {
    if (array instanceof float[] floats) {
      return MemorySegment.ofArray(floats);
    } else if (array instanceof short[] shorts) {
      return MemorySegment.ofArray(shorts);
    } else if (array instanceof double[] doubles) {
      return MemorySegment.ofArray(doubles);
    } else if (array instanceof long[] longs) {
      return MemorySegment.ofArray(longs);
    } else if (array instanceof int[] ints) {
      return MemorySegment.ofArray(ints);
    }
    return MemorySegment.ofArray((byte[]) array);
  }

  private static void copyReversed(
      StoredType type, MemorySegment from, long start, Object to, int at, int n) {
    switch (type.dtype()) {
      case F64 -> MemorySegment.copy(from, LittleEndian.DOUBLE, start, to, at, n);
      case F32 -> MemorySegment.copy(from, LittleEndian.FLOAT, start, to, at, n);
      case F16, BF16 -> MemorySegment.copy(from, LittleEndian.SHORT, start, to, at, n);
      case I64 -> MemorySegment.copy(from, LittleEndian.LONG, start, to, at, n);
      case I32 -> MemorySegment.copy(from, LittleEndian.INT, start, to, at, n);
      case U8, BOOL -> MemorySegment.copy(from, LittleEndian.BYTE, start, to, at, n);
    }
  }

  private static void gather(
      StoredType type, MemorySegment from, long index, long stride, HeapStorage to, int at, int n) {
    for (int i = 0; i < n; i++) {
      long element = index + i * stride;
      switch (type) {
        case F64 -> to.doubles()[at + i] = from.getAtIndex(LittleEndian.DOUBLE, element);
        case F32 -> to.floats()[at + i] = from.getAtIndex(LittleEndian.FLOAT, element);
        case F16, BF16 -> to.shorts()[at + i] = from.getAtIndex(LittleEndian.SHORT, element);
        case I64, U64 -> to.longs()[at + i] = from.getAtIndex(LittleEndian.LONG, element);
        case I32 -> to.ints()[at + i] = from.getAtIndex(LittleEndian.INT, element);
        case I16 -> to.ints()[at + i] = from.getAtIndex(LittleEndian.SHORT, element);
        case I8 -> to.ints()[at + i] = from.getAtIndex(LittleEndian.BYTE, element);
        case U32 ->
            to.longs()[at + i] = Integer.toUnsignedLong(from.getAtIndex(LittleEndian.INT, element));
        case U16 ->
            to.ints()[at + i] = Short.toUnsignedInt(from.getAtIndex(LittleEndian.SHORT, element));
        case U8, BOOL -> to.bytes()[at + i] = from.getAtIndex(LittleEndian.BYTE, element);
      }
    }
  }

  /** Reads {@code n} elements of half precision, F16 or BF16, as floats; exact. */
  static void readHalves(
      StoredType type, MemorySegment from, long index, long stride, float[] to, int at, int n) {
    if (type == StoredType.F16) {
      for (int i = 0; i < n; i++) {
        short bits = from.getAtIndex(LittleEndian.SHORT, index + i * stride);
        to[at + i] = Float.float16ToFloat(bits);
      }
    } else {
      for (int i = 0; i < n; i++) {
        short bits = from.getAtIndex(LittleEndian.SHORT, index + i * stride);
        to[at + i] = BFloat16.toFloat(bits);
      }
    }
  }

  /** Kernels rely on 0 and 1; a file may hold any byte. */
  private static void makeBooleans(byte[] bytes, int at, int n) {
    for (int i = at; i < at + n; i++) {
      bytes[i] = (byte) (bytes[i] != 0 ? 1 : 0);
    }
  }

  private static void requireSigned(long[] values, int at, int n) {
    for (int i = at; i < at + n; i++) {
      if (values[i] < 0) {
        throw new ArithmeticException(
            "U64 value " + Long.toUnsignedString(values[i]) + " does not fit I64");
      }
    }
  }
}
