package dev.weft.nn.checkpoint;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A zip64 by hand: a large, sparse storage first, so that the pickle lies behind it. */
final class LargeZip {
  private static final int NOT_HERE = -1;

  private LargeZip() {}

  /**
   * Writes the file.
   *
   * @param size of the storage in bytes
   * @param end the last of those bytes; the others are zero
   */
  static void write(Path path, byte[] pickle, long size, byte[] end) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(local("a/data/0"));
      file.seek(file.getFilePointer() + size - end.length);
      file.write(end);
      long pickleStart = file.getFilePointer();
      file.write(local("a/data.pkl"));
      file.write(pickle);
      long directory = file.getFilePointer();
      file.write(central("a/data/0", size, 0));
      file.write(central("a/data.pkl", pickle.length, pickleStart));
      long directoryEnd = file.getFilePointer();
      file.write(end(directory, directoryEnd));
    }
  }

  private static byte[] local(String name) {
    byte[] bytes = new byte[30 + name.length()];
    ByteBuffer header = over(bytes);
    header.putInt(0, 0x04034b50).putInt(18, NOT_HERE).putInt(22, NOT_HERE);
    header.putShort(26, (short) name.length());
    header.put(30, name.getBytes(StandardCharsets.US_ASCII));
    return bytes;
  }

  private static byte[] central(String name, long size, long start) {
    byte[] bytes = new byte[46 + name.length() + 4 + 3 * Long.BYTES];
    ByteBuffer entry = over(bytes);
    entry.putInt(0, 0x02014b50);
    entry.putInt(20, NOT_HERE).putInt(24, NOT_HERE).putInt(42, NOT_HERE);
    entry.putShort(28, (short) name.length()).putShort(30, (short) (4 + 3 * Long.BYTES));
    entry.put(46, name.getBytes(StandardCharsets.US_ASCII)).position(46 + name.length());
    entry.putShort((short) 1).putShort((short) (3 * Long.BYTES));
    entry.putLong(size).putLong(size).putLong(start);
    return bytes;
  }

  private static byte[] end(long directory, long directoryEnd) {
    byte[] bytes = new byte[56 + 20 + 22];
    ByteBuffer end = over(bytes);
    end.putInt(0, 0x06064b50).putLong(40, directoryEnd - directory).putLong(48, directory);
    end.putInt(56, 0x07064b50).putLong(56 + 8, directoryEnd);
    end.putInt(76, 0x06054b50).putInt(76 + 12, NOT_HERE).putInt(76 + 16, NOT_HERE);
    return bytes;
  }

  private static ByteBuffer over(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
