package dev.weft.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The files inside a zip that is mapped (PKWARE's APPNOTE 6.3, with zip64), where they lie. They
 * must be stored as they are: nothing is ever unpacked. The JDK's own reader gives a stream of a
 * file's bytes and not their place.
 */
final class ZipEntries {
  private static final int END = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int END64_LOCATOR = 0x07064b50;
  private static final int END64_LOCATOR_LENGTH = 20;
  private static final int END64 = 0x06064b50;
  private static final int END64_LENGTH = 56;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_LENGTH = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_LENGTH = 30;
  private static final int LONGEST_COMMENT = 0xFFFF;
  private static final long MAX_INT = 0xFFFFFFFFL;

  private final String source;
  private final MemorySegment bytes;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private record Entry(int flags, int method, long packed, long size, long header) {}

  private record Directory(long start, long length) {}

  private ZipEntries(String source, MemorySegment bytes) {
    this.source = source;
    this.bytes = bytes;
  }

  /** Reads the directory at the end of a zip; {@code source} is for errors. */
  static ZipEntries read(String source, MemorySegment bytes) {
    ZipEntries zip = new ZipEntries(source, bytes);
    zip.readDirectory();
    return zip;
  }

  Set<String> names() {
    return entries.keySet();
  }

  /** The bytes of a file. */
  MemorySegment file(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw error("holds no " + Quoted.of(name));
    }
    if ((entry.flags & 1) != 0) {
      throw error(Quoted.of(name) + " is encrypted");
    }
    if (entry.method != 0 || entry.packed != entry.size) {
      throw error(Quoted.of(name) + " is compressed, which torch.save never does: refused");
    }
    long header = entry.header;
    require(header, LOCAL_LENGTH);
    if (integer(header) != LOCAL) {
      throw error("broken zip: no header of " + Quoted.of(name) + " at byte " + header);
    }
    long start = header + LOCAL_LENGTH + unsignedShort(header + 26) + unsignedShort(header + 28);
    require(start, entry.size);
    return bytes.asSlice(start, entry.size);
  }

  private void readDirectory() {
    Directory directory = directory();
    require(directory.start, directory.length);
    long end = directory.start + directory.length;
    long at = directory.start;
    while (at < end) {
      if (end - at < CENTRAL_LENGTH || integer(at) != CENTRAL) {
        throw error("broken zip: no directory entry at byte " + at);
      }
      int name = unsignedShort(at + 28);
      int extra = unsignedShort(at + 30);
      long next = at + CENTRAL_LENGTH + name + extra + unsignedShort(at + 32);
      if (next > end) {
        throw error("broken zip: the directory entry at byte " + at + " is too long");
      }
      add(at, name, extra);
      at = next;
    }
  }

  private void add(long at, int nameLength, int extraLength) {
    byte[] name = bytes.asSlice(at + CENTRAL_LENGTH, nameLength).toArray(LittleEndian.BYTE);
    Extra64 extra = new Extra64(at + CENTRAL_LENGTH + nameLength, extraLength);
    long size = extra.orValue(unsignedInteger(at + 24));
    long packed = extra.orValue(unsignedInteger(at + 20));
    long header = extra.orValue(unsignedInteger(at + 42));
    Entry entry = new Entry(unsignedShort(at + 8), unsignedShort(at + 10), packed, size, header);
    String key = new String(name, StandardCharsets.UTF_8);
    if (entries.put(key, entry) != null) {
      throw error("broken zip: " + Quoted.of(key) + " twice");
    }
  }

  /** The extra field that holds, in this order, those values that do not fit 32 bits. */
  private final class Extra64 {
    private long at;
    private long end;

    Extra64(long from, int length) {
      long limit = from + length;
      for (long field = from; field + 4 <= limit; ) {
        long fieldEnd = field + 4 + unsignedShort(field + 2);
        if (unsignedShort(field) == 1 && fieldEnd <= limit) {
          at = field + 4;
          end = fieldEnd;
          return;
        }
        field = fieldEnd;
      }
    }

    long orValue(long value) {
      if (value != MAX_INT || end - at < Long.BYTES) {
        return value;
      }
      at += Long.BYTES;
      return bytes.get(LittleEndian.LONG, at - Long.BYTES);
    }
  }

  private Directory directory() {
    long end = findEnd();
    long length = unsignedInteger(end + 12);
    long start = unsignedInteger(end + 16);
    int disks = unsignedShort(end + 4);
    boolean isLarge = start == MAX_INT || length == MAX_INT || unsignedShort(end + 10) == 0xFFFF;
    long locator = end - END64_LOCATOR_LENGTH;
    if (isLarge && locator >= 0 && integer(locator) == END64_LOCATOR) {
      long end64 = bytes.get(LittleEndian.LONG, locator + 8);
      require(end64, END64_LENGTH);
      if (integer(end64) != END64) {
        throw error("broken zip: no end of the directory at byte " + end64);
      }
      return new Directory(
          bytes.get(LittleEndian.LONG, end64 + 48), bytes.get(LittleEndian.LONG, end64 + 40));
    }
    if (disks != 0 && disks != 0xFFFF) {
      throw error("a zip in several parts");
    }
    return new Directory(start, length);
  }

  private long findEnd() {
    long last = bytes.byteSize() - END_LENGTH;
    for (long at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
      if (integer(at) == END && unsignedShort(at + 20) == last - at) {
        return at;
      }
    }
    throw error("truncated: a zip without its directory at the end");
  }

  private void require(long start, long length) {
    if (start < 0 || length < 0 || start > bytes.byteSize() - length) {
      throw error(
          "truncated: %s bytes at byte %s of %d"
              .formatted(
                  Long.toUnsignedString(length), Long.toUnsignedString(start), bytes.byteSize()));
    }
  }

  private int integer(long at) {
    return bytes.get(LittleEndian.INT, at);
  }

  private long unsignedInteger(long at) {
    return Integer.toUnsignedLong(integer(at));
  }

  private int unsignedShort(long at) {
    return Short.toUnsignedInt(bytes.get(LittleEndian.SHORT, at));
  }

  private CheckpointException error(String reason) {
    return new CheckpointException(source + ": " + reason);
  }
}
