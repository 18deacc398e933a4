package dev.weft.cuda;

import dev.weft.cuda.GemmCall.Compute;
import dev.weft.cuda.GemmCall.Factor;
import dev.weft.cuda.GemmCall.Target;
import dev.weft.cuda.ptx.GlobalMemory;
import dev.weft.tensor.DType;
import dev.weft.tensor.cpu.BFloat16;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A matrix product of the BLAS by its definition, over the PTX machine's memory: what cuBLAS does
 * on a card, slow and readable. Sums are made in double precision and rounded once.
 */
record MachineGemm(GlobalMemory memory) {

  void multiply(GemmCall call) {
    for (int i = 0; i < call.batch(); i++) {
      double[] a = read(call.a(), i, call.m(), call.k(), call.compute());
      double[] b = read(call.b(), i, call.k(), call.n(), call.compute());
      write(call, i, product(call, a, b));
    }
  }

  private static double[] product(GemmCall call, double[] a, double[] b) {
    double[] c = new double[call.m() * call.n()];
    for (int column = 0; column < call.n(); column++) {
      for (int p = 0; p < call.k(); p++) {
        double factor = b[column * call.k() + p];
        for (int row = 0; row < call.m(); row++) {
          c[column * call.m() + row] += a[p * call.m() + row] * factor;
        }
      }
    }
    for (int i = 0; i < c.length; i++) {
      c[i] *= call.alpha();
    }
    return c;
  }

  /** op(X) of one matrix of the batch, [rows, columns], column by column. */
  private double[] read(Factor x, int matrix, int rows, int columns, Compute compute) {
    int stored = x.isTransposed() ? columns : rows;
    int lines = x.isTransposed() ? rows : columns;
    double[] values = new double[rows * columns];
    int size = x.type().byteSize();
    ByteBuffer line = ByteBuffer.allocate(stored * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < lines; at++) {
      long start = x.address() + (matrix * x.stride() + (long) at * x.leading()) * size;
      memory.read(start, MemorySegment.ofBuffer(line.clear()));
      for (int i = 0; i < stored; i++) {
        double value = rounded(value(line, x.type(), i), compute);
        values[x.isTransposed() ? i * rows + at : at * rows + i] = value;
      }
    }
    return values;
  }

  private static double value(ByteBuffer bytes, DType type, int i) {
    return switch (type) {
      case F64 -> bytes.getDouble(8 * i);
      case F32 -> bytes.getFloat(4 * i);
      case F16 -> Float.float16ToFloat(bytes.getShort(2 * i));
      case BF16 -> BFloat16.toFloat(bytes.getShort(2 * i));
      default -> throw new CudaException("a matrix of " + type + " cannot be multiplied");
    };
  }

  /** What tensor cores keep of a factor in F32; TF32 to nearest, ties away from zero. */
  private static double rounded(double value, Compute compute) {
    return switch (compute) {
      case FLOAT64, FLOAT32 -> value;
      case BF16 -> BFloat16.toFloat(BFloat16.fromFloat((float) value));
      case TF32 ->
          Double.isFinite(value)
              ? Float.intBitsToFloat((Float.floatToRawIntBits((float) value) + 0x1000) & ~0x1fff)
              : value;
    };
  }

  private void write(GemmCall call, int matrix, double[] values) {
    Target c = call.c();
    int size = c.type().byteSize();
    ByteBuffer line = ByteBuffer.allocate(call.m() * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int column = 0; column < call.n(); column++) {
      for (int row = 0; row < call.m(); row++) {
        put(line, c.type(), row, values[column * call.m() + row]);
      }
      long start = c.address() + (matrix * c.stride() + (long) column * c.leading()) * size;
      memory.write(start, MemorySegment.ofBuffer(line.clear()));
    }
  }

  private static void put(ByteBuffer bytes, DType type, int i, double value) {
    switch (type) {
      case F64 -> bytes.putDouble(8 * i, value);
      case F32 -> bytes.putFloat(4 * i, (float) value);
      case F16 -> bytes.putShort(2 * i, Float.floatToFloat16((float) value));
      case BF16 -> bytes.putShort(2 * i, BFloat16.fromFloat((float) value));
      default -> throw new CudaException("a product cannot be " + type);
    }
  }
}
