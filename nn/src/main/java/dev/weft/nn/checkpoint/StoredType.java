package dev.weft.nn.checkpoint;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.HeapStorage;
import java.util.Arrays;
import java.util.Optional;

/**
 * Element types of checkpoint files, by their names in safetensors. A type that tensors do not have
 * is read as the narrowest one that holds all its values; U64 has none and is read as I64, where a
 * value from 2⁶³ on is an error.
 */
public enum StoredType {
  F64(8, DType.F64),
  F32(4, DType.F32),
  F16(2, DType.F16),
  BF16(2, DType.BF16),
  I64(8, DType.I64),
  I32(4, DType.I32),
  I16(2, DType.I32),
  I8(1, DType.I32),
  U64(8, DType.I64),
  U32(4, DType.I64),
  U16(2, DType.I32),
  U8(1, DType.U8),
  BOOL(1, DType.BOOL);

  private final int byteSize;
  private final DType dtype;

  StoredType(int byteSize, DType dtype) {
    this.byteSize = byteSize;
    this.dtype = dtype;
  }

  /** Bytes of one element in the file. */
  public int byteSize() {
    return byteSize;
  }

  /** What elements are read as. */
  public DType dtype() {
    return dtype;
  }

  /** The stored type that lies in files as the elements lie in memory. */
  public static StoredType of(DType dtype) {
    return valueOf(dtype.name());
  }

  /** A tensor of zeros in memory of its own, which no scope takes back. */
  static Tensor zeros(DType dtype, Shape shape) {
    int length = shape.numel();
    Object array =
        switch (dtype) {
          case F64 -> new double[length];
          case F32 -> new float[length];
          case F16, BF16 -> new short[length];
          case I64 -> new long[length];
          case I32 -> new int[length];
          case U8, BOOL -> new byte[length];
        };
    return Tensor.over(HeapStorage.of(dtype, array), shape, 0);
  }

  /** The type of a name; empty for F8, F4, complex and unheard-of ones. */
  static Optional<StoredType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }
}
