package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Storage;
import dev.weft.tensor.TensorException;

/**
 * Elements in a Java array: {@code double[]} for F64, {@code float[]} for F32, {@code short[]} for
 * F16 and BF16, {@code long[]} for I64, {@code int[]} for I32, {@code byte[]} for U8 and BOOL (0 or
 * 1). Plain arrays, because the JIT compiler removes their bounds checks best.
 */
public final class HeapStorage implements Storage {
  private final DType dtype;
  private final int length;
  private HeapPool pool;
  private Object array;
  private String end =
      "used after its Scope was closed; pass it through Scope.keep to let it live on";

  private HeapStorage(DType dtype, Object array, int length, HeapPool pool) {
    this.dtype = dtype;
    this.array = array;
    this.length = length;
    this.pool = pool;
  }

  /** A storage over an array that stays the caller's; its type must be the one of {@code dtype}. */
  public static HeapStorage of(DType dtype, Object array) {
    return new HeapStorage(dtype, array, java.lang.reflect.Array.getLength(array), null);
  }

  /** Zeroed elements for the garbage collector to reclaim. */
  static HeapStorage collected(DType dtype, int length) {
    return new HeapStorage(dtype, newArray(dtype, length), length, null);
  }

  /** Elements on loan from a pool. */
  static HeapStorage pooled(DType dtype, Object array, int length, HeapPool pool) {
    return new HeapStorage(dtype, array, length, pool);
  }

  static Object newArray(DType dtype, int length) {
    return switch (dtype) {
      case F64 -> new double[length];
      case F32 -> new float[length];
      case F16, BF16 -> new short[length];
      case I64 -> new long[length];
      case I32 -> new int[length];
      case U8, BOOL -> new byte[length];
    };
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public void release() {
    Object released = array();
    array = null;
    if (pool != null) {
      pool.giveBack(dtype, released);
    }
  }

  @Override
  public void detach() {
    if (pool != null) {
      pool.forget(dtype, array());
      pool = null;
    }
  }

  /** The same elements in a storage of their own; this one, and every tensor over it, ends. */
  HeapStorage takeOver() {
    HeapStorage successor = new HeapStorage(dtype, array(), length, null);
    array = null;
    end = "its memory was taken over by a PackedMatrix";
    return successor;
  }

  /** The array itself, shared with this storage. */
  public Object array() {
    if (array == null) {
      throw new TensorException("tensor: " + end);
    }
    return array;
  }

  /** The array of an F64 storage. */
  public double[] doubles() {
    return (double[]) array();
  }

  /** The array of an F32 storage. */
  public float[] floats() {
    return (float[]) array();
  }

  /** The array of an F16 or BF16 storage: the elements' bits. */
  public short[] shorts() {
    return (short[]) array();
  }

  /** The array of an I64 storage. */
  public long[] longs() {
    return (long[]) array();
  }

  /** The array of an I32 storage. */
  public int[] ints() {
    return (int[]) array();
  }

  /** The array of a U8 or BOOL storage. */
  public byte[] bytes() {
    return (byte[]) array();
  }

  /** One element as a double, whatever its type. I64 is rounded beyond 2^53. */
  public double get(int index) {
    return switch (dtype) {
      case F64 -> doubles()[index];
      case F32 -> floats()[index];
      case F16 -> Float.float16ToFloat(shorts()[index]);
      case BF16 -> BFloat16.toFloat(shorts()[index]);
      case I64 -> (double) longs()[index];
      case I32 -> ints()[index];
      case U8, BOOL -> Byte.toUnsignedInt(bytes()[index]);
    };
  }

  /** Stores a double, rounded to nearest (floating types) or truncated (integers); BOOL is ≠ 0. */
  public void set(int index, double value) {
    switch (dtype) {
      case F64 -> doubles()[index] = value;
      case F32 -> floats()[index] = (float) value;
      case F16 -> shorts()[index] = Float.floatToFloat16(BFloat16.roundedToOdd(value));
      case BF16 -> shorts()[index] = BFloat16.fromFloat(BFloat16.roundedToOdd(value));
      case I64 -> longs()[index] = (long) value;
      case I32 -> ints()[index] = (int) value;
      case U8 -> bytes()[index] = (byte) (int) value;
      case BOOL -> bytes()[index] = (byte) (value != 0 ? 1 : 0);
    }
  }

  /** One element of an integer storage, exactly. */
  public long getLong(int index) {
    return dtype == DType.I64 ? longs()[index] : (long) get(index);
  }

  /** Stores an integer, exactly in an I64 storage. */
  public void setLong(int index, long value) {
    if (dtype == DType.I64) {
      longs()[index] = value;
    } else {
      set(index, (double) value);
    }
  }
}
