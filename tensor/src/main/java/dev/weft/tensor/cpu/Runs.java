package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import java.util.Arrays;

/** Copies of one run of elements from one stride to another, converting where the types differ. */
final class Runs {
  private Runs() {}

  static void copy(
      HeapStorage from, int fromAt, int fromStride, HeapStorage to, int toAt, int toStride, int n) {
    if (from.dtype() == to.dtype()) {
      same(from.dtype(), from.array(), fromAt, fromStride, to.array(), toAt, toStride, n);
    } else if (from.dtype() == DType.F32 && to.dtype() == DType.F64) {
      widen(from.floats(), fromAt, fromStride, to.doubles(), toAt, toStride, n);
    } else if (from.dtype() == DType.F64 && to.dtype() == DType.F32) {
      narrow(from.doubles(), fromAt, fromStride, to.floats(), toAt, toStride, n);
    } else {
      convert(from, fromAt, fromStride, to, toAt, toStride, n);
    }
  }

  /** Copies elements of one type between arrays of that type. */
  static void same(
      DType dtype,
      Object from,
      int fromAt,
      int fromStride,
      Object to,
      int toAt,
      int toStride,
      int n) {
    if (fromStride == 1 && toStride == 1) {
      System.arraycopy(from, fromAt, to, toAt, n);
      return;
    }
    switch (dtype) {
      case F32 -> strided((float[]) from, fromAt, fromStride, (float[]) to, toAt, toStride, n);
      case F64 -> strided((double[]) from, fromAt, fromStride, (double[]) to, toAt, toStride, n);
      case I64 -> strided((long[]) from, fromAt, fromStride, (long[]) to, toAt, toStride, n);
      case I32 -> strided((int[]) from, fromAt, fromStride, (int[]) to, toAt, toStride, n);
      case F16, BF16 ->
          strided((short[]) from, fromAt, fromStride, (short[]) to, toAt, toStride, n);
      case U8, BOOL -> strided((byte[]) from, fromAt, fromStride, (byte[]) to, toAt, toStride, n);
    }
  }

  private static void strided(
      float[] from, int fromAt, int fromStride, float[] to, int toAt, int toStride, int n) {
    if (fromStride == 0 && toStride == 1) {
      Arrays.fill(to, toAt, toAt + n, from[fromAt]);
      return;
    }
    for (int i = 0; i < n; i++) {
      to[toAt + i * toStride] = from[fromAt + i * fromStride];
    }
  }

  private static void strided(
      double[] from, int fromAt, int fromStride, double[] to, int toAt, int toStride, int n) {
    for (int i = 0; i < n; i++) {
      to[toAt + i * toStride] = from[fromAt + i * fromStride];
    }
  }

  private static void strided(
      long[] from, int fromAt, int fromStride, long[] to, int toAt, int toStride, int n) {
    for (int i = 0; i < n; i++) {
      to[toAt + i * toStride] = from[fromAt + i * fromStride];
    }
  }

  private static void strided(
      int[] from, int fromAt, int fromStride, int[] to, int toAt, int toStride, int n) {
    for (int i = 0; i < n; i++) {
      to[toAt + i * toStride] = from[fromAt + i * fromStride];
    }
  }

  private static void strided(
      short[] from, int fromAt, int fromStride, short[] to, int toAt, int toStride, int n) {
    for (int i = 0; i < n; i++) {
      to[toAt + i * toStride] = from[fromAt + i * fromStride];
    }
  }

  private static void strided(
      byte[] from, int fromAt, int fromStride, byte[] to, int toAt, int toStride, int n) {
    for (int i = 0; i < n; i++) {
      to[toAt + i * toStride] = from[fromAt + i * fromStride];
    }
  }

  private static void widen(
      float[] from, int fromAt, int fromStride, double[] to, int toAt, int toStride, int n) {
    for (int i = 0; i < n; i++) {
      to[toAt + i * toStride] = from[fromAt + i * fromStride];
    }
  }

  private static void narrow(
      double[] from, int fromAt, int fromStride, float[] to, int toAt, int toStride, int n) {
    for (int i = 0; i < n; i++) {
      to[toAt + i * toStride] = (float) from[fromAt + i * fromStride];
    }
  }

  /** Any other pair: integers exactly, the rest by way of a double. */
  private static void convert(
      HeapStorage from, int fromAt, int fromStride, HeapStorage to, int toAt, int toStride, int n) {
    boolean exact = !from.dtype().isFloatingPoint() && !to.dtype().isFloatingPoint();
    for (int i = 0; i < n; i++) {
      int source = fromAt + i * fromStride;
      int target = toAt + i * toStride;
      if (exact) {
        to.setLong(target, from.getLong(source));
      } else {
        to.set(target, from.get(source));
      }
    }
  }
}
