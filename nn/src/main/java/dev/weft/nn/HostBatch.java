package dev.weft.nn;

import dev.weft.tensor.Device;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The integers that a step computes with, gathered on the host before the device has anything to
 * do, and brought there by one copy:
 *
 * <pre>{@code
 * HostBatch batch = new HostBatch();
 * HostBatch.Part rows = batch.add(new int[] {4, 2, 9});
 * HostBatch.Part targets = batch.add(new int[] {1, 0, 1});
 * batch.send(device);
 * embedding(table, rows.tensor());
 * }</pre>
 *
 * <p>A copy costs a device some ten microseconds whatever it holds: a dozen of them a step would
 * take as long as its kernels.
 */
public final class HostBatch {
  /** Every part begins at 16 bytes, as kernels like it. */
  private static final int ALIGNMENT = 4;

  private final List<Part> parts = new ArrayList<>();
  private int length;
  private boolean sent;

  /** One array. */
  public static final class Part {
    private final int[] values;
    private final int offset;
    private Tensor tensor;

    private Part(int[] values, int offset) {
      this.values = values;
      this.offset = offset;
    }

    /** Number of integers. */
    public int length() {
      return values.length;
    }

    /** The integers where they were sent, I32 [length]; lives as long as the scope of that call. */
    public Tensor tensor() {
      if (tensor == null) {
        throw new IllegalStateException("host batch: asked for before it was sent");
      }
      return tensor;
    }
  }

  /** Adds an array, which must not change any more. */
  public Part add(int[] values) {
    if (sent) {
      throw new IllegalStateException("host batch: already sent; gather everything before");
    }
    Part part = new Part(values, length);
    parts.add(part);
    length += (values.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return part;
  }

  /** Brings all parts to a device; on the CPU they stay where they are. */
  public void send(Device device) {
    sent = true;
    if (device.equals(Device.CPU)) {
      parts.forEach(part -> part.tensor = Tensor.of(part.values));
      return;
    }
    int[] all = new int[length];
    for (Part part : parts) {
      System.arraycopy(part.values, 0, all, part.offset, part.values.length);
    }
    Tensor there = Tensor.of(all).to(device);
    for (Part part : parts) {
      part.tensor = there.slice(0, part.offset, part.offset + part.values.length);
    }
  }
}
