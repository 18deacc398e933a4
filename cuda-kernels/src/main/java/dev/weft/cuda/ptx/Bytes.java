package dev.weft.cuda.ptx;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian numbers in byte arrays, at any offset. */
final class Bytes {
  private static final VarHandle SHORTS = view(short[].class);
  private static final VarHandle INTS = view(int[].class);
  private static final VarHandle LONGS = view(long[].class);

  private Bytes() {}

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
  }

  /** A number of 1, 2, 4 or 8 bytes, zero-extended. */
  static long get(byte[] data, int at, int size) {
    return switch (size) {
      case 1 -> data[at] & 0xffL;
      case 2 -> (short) SHORTS.get(data, at) & 0xffffL;
      case 4 -> (int) INTS.get(data, at) & 0xffffffffL;
      default -> (long) LONGS.get(data, at);
    };
  }

  static void put(byte[] data, int at, int size, long value) {
    switch (size) {
      case 1 -> data[at] = (byte) value;
      case 2 -> SHORTS.set(data, at, (short) value);
      case 4 -> INTS.set(data, at, (int) value);
      default -> LONGS.set(data, at, value);
    }
  }

  /** Whether {@code size} marks are all set; marks are bytes of 0 or 1. */
  static boolean marked(byte[] marks, int at, int size) {
    return switch (size) {
      case 1 -> marks[at] != 0;
      case 2 -> (short) SHORTS.get(marks, at) == 0x0101;
      case 4 -> (int) INTS.get(marks, at) == 0x01010101;
      default -> (long) LONGS.get(marks, at) == 0x0101010101010101L;
    };
  }

  static void mark(byte[] marks, int at, int size) {
    put(marks, at, size, 0x0101010101010101L);
  }
}
