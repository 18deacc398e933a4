package dev.weft.mp4sr.train;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * TensorBoard's event files: TFRecord framing around protocol-buffer messages {@code Event}
 * (TensorFlow's {@code record_writer}, {@code event.proto} and {@code summary.proto}).
 *
 * <pre>
 * record   uint64 length, uint32 masked CRC-32C of it, the message, uint32 masked CRC-32C of that; little-endian
 * masked   ((crc &gt;&gt;&gt; 15) | (crc &lt;&lt; 17)) + 0xa282ead8
 * Event    1: double wall_time, 2: int64 step, 3: string file_version, 5: Summary
 * Summary  1: repeated Value; Value 1: string tag, 2: float simple_value
 * </pre>
 */
final class EventFile {
  private static final String VERSION = "brain.Event:2";
  private static final int MASK = 0xa282ead8;

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private EventFile() {}

  /** The record that every file begins with. */
  static byte[] header(double wallTime) {
    Message event = new Message();
    event.fixed64(1, wallTime);
    event.bytes(3, VERSION.getBytes(StandardCharsets.UTF_8));
    return record(event.toBytes());
  }

  /**
   * One record with several figures of one step.
   *
   * @param wallTime seconds since 1970
   */
  static byte[] scalars(double wallTime, long step, Map<String, Double> values) {
    Message summary = new Message();
    values.forEach(
        (tag, number) -> {
          Message value = new Message();
          value.bytes(1, tag.getBytes(StandardCharsets.UTF_8));
          value.fixed32(2, number.floatValue());
          summary.bytes(1, value.toBytes());
        });
    Message event = new Message();
    event.fixed64(1, wallTime);
    event.varint(2, step);
    event.bytes(5, summary.toBytes());
    return record(event.toBytes());
  }

  private static byte[] record(byte[] message) {
    ByteBuffer record = ByteBuffer.allocate(message.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(message.length);
    record.putInt(maskedCrc(record.array(), 0, 8));
    record.put(message);
    record.putInt(maskedCrc(message, 0, message.length));
    return record.array();
  }

  /** The checksum as TFRecord stores it. */
  static int maskedCrc(byte[] bytes, int from, int count) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, from, count);
    int crc = (int) sum.getValue();
    return ((crc >>> 15) | (crc << 17)) + MASK;
  }

  /** A protocol-buffer message under construction. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] toBytes() {
      return out.toByteArray();
    }

    void varint(int field, long value) {
      tag(field, VARINT);
      raw(value);
    }

    void fixed64(int field, double value) {
      tag(field, FIXED64);
      long bits = Double.doubleToRawLongBits(value);
      for (int i = 0; i < Long.BYTES; i++) {
        out.write((int) (bits >>> (8 * i)));
      }
    }

    void fixed32(int field, float value) {
      tag(field, FIXED32);
      int bits = Float.floatToRawIntBits(value);
      for (int i = 0; i < Integer.BYTES; i++) {
        out.write(bits >>> (8 * i));
      }
    }

    void bytes(int field, byte[] value) {
      tag(field, BYTES);
      raw(value.length);
      out.writeBytes(value);
    }

    private void tag(int field, int type) {
      raw(((long) field << 3) | type);
    }

    /** Seven bits at a time, the lowest first. */
    private void raw(long value) {
      long left = value;
      while ((left & ~0x7fL) != 0) {
        out.write((int) ((left & 0x7f) | 0x80));
        left >>>= 7;
      }
      out.write((int) left);
    }
  }
}
