package dev.weft.nn.image;

import java.io.EOFException;
import java.io.IOException;

/** The header of a key frame (RFC 6386, section 9): sizes, filters, quantizers, probabilities. */
final class Vp8Header {
  private static final int SEGMENTS = 4;
  private static final int START_CODE = 0x9D012A;

  final int width;
  final int height;

  /** The first partition, after the header: the macroblocks' modes. */
  final Vp8Bits modes;

  /** The other partitions: coefficients of rows of macroblocks, in turn. */
  final Vp8Bits[] tokens;

  final boolean simpleFilter;
  final int sharpness;
  final int[] coefficients = Vp8Tables.COEFFICIENTS.clone();
  final boolean segmentsMapped;
  final int[] segmentTree = {255, 255, 255};

  /** How likely a macroblock has coefficients, in 256; -1: all say it by the coefficients. */
  final int skipProbability;

  private final int filterLevel;
  private final int[] segmentQuantizer = new int[SEGMENTS];
  private final int[] segmentFilter = new int[SEGMENTS];
  private final int[] filterDelta = new int[2];
  private final Vp8Quantizers[] quantizers = new Vp8Quantizers[SEGMENTS];
  private final boolean segmented;
  private boolean absolute;

  /** Reads the header of the frame in bytes {@code from} to {@code end}. */
  Vp8Header(byte[] file, int from, int end, PixelLimit limit) throws IOException {
    ByteReader in = new ByteReader(file, from, end);
    int tag = in.uint8() | in.uint16LittleEndian() << 8;
    int firstPartition = tag >> 5;
    boolean shown = (tag >> 4 & 1) != 0;
    if ((tag & 1) != 0 || !shown || (tag >> 1 & 7) > 3) {
      throw new IOException("VP8: not a key frame that is shown");
    }
    if ((in.uint8() << 16 | in.uint16()) != START_CODE) {
      throw new IOException("VP8: the start code is missing");
    }
    width = in.uint16LittleEndian() & 0x3FFF;
    height = in.uint16LittleEndian() & 0x3FFF;
    limit.check(width, height, 6);
    if (firstPartition > in.remaining()) {
      throw new EOFException("the file is cut short");
    }
    int rest = in.position() + firstPartition;
    modes = new Vp8Bits(file, in.position(), rest);
    modes.number(2);
    segmented = modes.flag();
    segmentsMapped = segmented && readSegments();
    simpleFilter = modes.flag();
    filterLevel = modes.number(6);
    sharpness = modes.number(3);
    readFilterDeltas();
    tokens = partitions(file, rest, end, 1 << modes.number(2));
    readQuantizers();
    modes.flag();
    for (int i = 0; i < coefficients.length; i++) {
      if (modes.bit(Vp8Tables.UPDATES[i]) != 0) {
        coefficients[i] = modes.number(8);
      }
    }
    skipProbability = modes.flag() ? modes.number(8) : -1;
    if (modes.exhausted()) {
      throw new EOFException("the file is cut short");
    }
  }

  /** Returns whether macroblocks say which segment they belong to. */
  private boolean readSegments() {
    boolean mapped = modes.flag();
    if (modes.flag()) {
      absolute = modes.flag();
      for (int i = 0; i < SEGMENTS; i++) {
        segmentQuantizer[i] = modes.optional(7);
      }
      for (int i = 0; i < SEGMENTS; i++) {
        segmentFilter[i] = modes.optional(6);
      }
    }
    for (int i = 0; mapped && i < segmentTree.length; i++) {
      segmentTree[i] = modes.flag() ? modes.number(8) : 255;
    }
    return mapped;
  }

  /** By reference frame and by mode; of each, key frames need the first. */
  private void readFilterDeltas() {
    boolean hasDeltas = modes.flag();
    boolean updated = hasDeltas && modes.flag();
    if (!updated) {
      return;
    }
    for (int kind = 0; kind < filterDelta.length; kind++) {
      for (int i = 0; i < 4; i++) {
        int delta = modes.optional(6);
        if (i == 0) {
          filterDelta[kind] = delta;
        }
      }
    }
  }

  private static Vp8Bits[] partitions(byte[] file, int from, int end, int count)
      throws IOException {
    ByteReader sizes = new ByteReader(file, from, end);
    Vp8Bits[] partitions = new Vp8Bits[count];
    int at = from + 3 * (count - 1);
    for (int i = 0; i < count; i++) {
      int left = Math.max(end - at, 0);
      int size = i == count - 1 ? left : sizes.uint8() | sizes.uint16LittleEndian() << 8;
      size = Math.min(size, left);
      partitions[i] = new Vp8Bits(file, at, at + size);
      at += size;
    }
    return partitions;
  }

  private void readQuantizers() {
    int base = modes.number(7);
    int[] deltas = new int[5];
    for (int i = 0; i < deltas.length; i++) {
      deltas[i] = modes.optional(4);
    }
    for (int i = 0; i < SEGMENTS; i++) {
      int index = !segmented ? base : segmentQuantizer[i] + (absolute ? 0 : base);
      quantizers[i] = Vp8Quantizers.of(index, deltas);
    }
  }

  Vp8Quantizers quantizers(int segment) {
    return quantizers[segment];
  }

  /** Strength of the loop filter, 0 to 63 (section 9.6). */
  int filterLevel(int segment, boolean subblocks) {
    if (filterLevel == 0) {
      return 0;
    }
    int level = !segmented ? filterLevel : segmentFilter[segment] + (absolute ? 0 : filterLevel);
    level += filterDelta[0] + (subblocks ? filterDelta[1] : 0);
    return Math.clamp(level, 0, 63);
  }
}
