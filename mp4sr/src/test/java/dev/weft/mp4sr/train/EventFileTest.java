package dev.weft.mp4sr.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventFileTest {
  /** RFC 3720, B.4: 32 bytes of zeros have CRC-32C 0x8a9136aa; masked by the definition. */
  @Test
  void checksum() {
    int crc = 0x8a9136aa;
    int masked = Integer.rotateRight(crc, 15) + 0xa282ead8;
    assertEquals(masked, EventFile.maskedCrc(new byte[32], 0, 32));
  }

  @Test
  void scalarsComeBack() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss", 8.5);
    values.put("validation/NDCG@10", 0.03125);
    byte[] header = EventFile.header(17.5);
    byte[] scalars = EventFile.scalars(18.25, 300, values);

    ByteBuffer first = message(header);
    assertEquals((1 << 3) | 1, first.get());
    assertEquals(17.5, first.getDouble());
    assertEquals((3 << 3) | 2, first.get());
    assertEquals("brain.Event:2", text(first));
    assertEquals(0, first.remaining());

    ByteBuffer event = message(scalars);
    assertEquals((1 << 3) | 1, event.get());
    assertEquals(18.25, event.getDouble());
    assertEquals(2 << 3, event.get());
    assertEquals(300, varint(event));
    assertEquals((5 << 3) | 2, event.get());
    assertEquals(event.remaining() - 1, varint(event));
    Map<String, Double> read = new LinkedHashMap<>();
    while (event.hasRemaining()) {
      assertEquals((1 << 3) | 2, event.get());
      varint(event);
      assertEquals((1 << 3) | 2, event.get());
      String tag = text(event);
      assertEquals((2 << 3) | 5, event.get());
      read.put(tag, (double) event.getFloat());
    }
    assertEquals(values, read);
  }

  /** The one message of a record whose framing is right. */
  private static ByteBuffer message(byte[] record) {
    ByteBuffer bytes = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
    int length = Math.toIntExact(bytes.getLong());
    assertEquals(record.length, length + 16);
    assertEquals(EventFile.maskedCrc(record, 0, 8), bytes.getInt());
    assertEquals(EventFile.maskedCrc(record, 12, length), bytes.getInt(12 + length));
    return bytes.slice(12, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static String text(ByteBuffer bytes) {
    byte[] read = new byte[Math.toIntExact(varint(bytes))];
    bytes.get(read);
    return new String(read, StandardCharsets.UTF_8);
  }
}
