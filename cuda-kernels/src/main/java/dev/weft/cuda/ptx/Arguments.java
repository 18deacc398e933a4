package dev.weft.cuda.ptx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A kernel's arguments in order, as bytes. */
public final class Arguments {
  private final List<byte[]> bytes = new ArrayList<>();

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A pointer, or an integer of 64 bits. */
  public Arguments add(long value) {
    bytes.add(buffer(8).putLong(value).array());
    return this;
  }

  /** An integer of 32 bits. */
  public Arguments add(int value) {
    bytes.add(buffer(4).putInt(value).array());
    return this;
  }

  /** A float. */
  public Arguments add(float value) {
    bytes.add(buffer(4).putFloat(value).array());
    return this;
  }

  /** A double. */
  public Arguments add(double value) {
    bytes.add(buffer(8).putDouble(value).array());
    return this;
  }

  /** A structure passed by value. */
  public Arguments add(byte[] structure) {
    bytes.add(structure.clone());
    return this;
  }

  /** Each argument's bytes. */
  public List<byte[]> bytes() {
    return bytes;
  }
}
