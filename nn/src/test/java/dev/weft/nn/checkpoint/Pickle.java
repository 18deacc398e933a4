package dev.weft.nn.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes pickles opcode by opcode, and the files that torch.save puts around them. */
final class Pickle {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Protocol 2. */
  static Pickle start() {
    return new Pickle().raw(0x80, 2);
  }

  Pickle raw(int... opcodes) {
    for (int opcode : opcodes) {
      bytes.write(opcode);
    }
    return this;
  }

  Pickle op(String opcodes) {
    bytes.writeBytes(opcodes.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  Pickle text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    op("X").int32(utf8.length);
    bytes.writeBytes(utf8);
    return this;
  }

  Pickle number(long value) {
    raw(0x8a, 8);
    bytes.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  Pickle int32(int value) {
    bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  Pickle global(String module, String name) {
    return op("c" + module + "\n" + name + "\n");
  }

  Pickle tuple(long... values) {
    op("(");
    for (long value : values) {
      number(value);
    }
    return op("t");
  }

  /** A tensor over a float storage of {@code length} elements with key "0". */
  Pickle tensor(long length, long offset, long[] shape, long[] strides) {
    return global("torch._utils", "_rebuild_tensor_v2")
        .op("(")
        .storage("FloatStorage", length)
        .number(offset)
        .tuple(shape)
        .tuple(strides)
        .raw(0x89)
        .global("collections", "OrderedDict")
        .op(")RtR");
  }

  Pickle storage(String type, long length) {
    return op("(")
        .text("storage")
        .global("torch", type)
        .text("0")
        .text("cpu")
        .number(length)
        .op("tQ");
  }

  byte[] stop() {
    op(".");
    return bytes.toByteArray();
  }

  /** A pickle of one dict with a tensor "w". */
  static byte[] state(long length, long offset, long[] shape, long... strides) {
    return start().op("}").text("w").tensor(length, offset, shape, strides).op("s").stop();
  }

  /** The zip of torch.save around a pickle and the bytes of storage "0". */
  static byte[] zip(byte[] pickle, byte[] storage) {
    return zip(Map.of("a/data.pkl", pickle, "a/data/0", storage), ZipEntry.STORED);
  }

  static byte[] zip(Map<String, byte[]> files, int method) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (var file : files.entrySet()) {
        ZipEntry entry = new ZipEntry(file.getKey());
        CRC32 crc = new CRC32();
        crc.update(file.getValue());
        entry.setMethod(method);
        entry.setCrc(crc.getValue());
        entry.setSize(file.getValue().length);
        zip.putNextEntry(entry);
        zip.write(file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The format before PyTorch 1.6 around a pickle and the elements of storage "0". */
  static byte[] legacy(byte[] pickle, boolean littleEndian, float... storage) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(
        start().raw(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19).stop());
    file.writeBytes(start().number(1001).stop());
    file.writeBytes(
        start().op("}").text("little_endian").raw(littleEndian ? 0x88 : 0x89).op("s").stop());
    file.writeBytes(pickle);
    file.writeBytes(start().op("]").text("0").op("a").stop());
    ByteBuffer elements = ByteBuffer.allocate(8 + 4 * storage.length);
    elements.order(ByteOrder.LITTLE_ENDIAN).putLong(storage.length);
    for (float value : storage) {
      elements.putFloat(value);
    }
    file.writeBytes(elements.array());
    return file.toByteArray();
  }

  /** The bytes of some floats. */
  static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }
}
