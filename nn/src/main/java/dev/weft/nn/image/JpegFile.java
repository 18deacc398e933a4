package dev.weft.nn.image;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.stream.ImageInputStream;

/**
 * A JPEG file (ITU-T T.81) reduced to what pixels are made of: tables, frame, scans, and in place
 * of its application segments one that says what libjpeg would conclude about its colours.
 */
final class JpegFile {
  private static final int START_OF_IMAGE = 0xD8;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int START_OF_SCAN = 0xDA;
  private static final int TABLES_OF_HUFFMAN = 0xC4;
  private static final int ARITHMETIC_CONDITIONING = 0xCC;
  private static final int COMMENT = 0xFE;
  private static final int JFIF_SEGMENT = 0xE0;
  private static final int ADOBE_SEGMENT = 0xEE;

  /** A scan costs a pass over the picture: more than this many are an attack. */
  private static final int MAX_SCANS = 1000;

  /** A block of 8 x 8 pixels takes one bit at least. */
  private static final int MAX_EXPANSION = 512;

  /** What the components are. */
  enum Colours {
    GREY,
    YCBCR,
    RGB,
    CMYK,
    YCCK
  }

  private final byte[] file;
  private final ByteReader in;
  private final List<byte[]> kept = new ArrayList<>();
  private final List<Integer> ids = new ArrayList<>();

  /** Samples of each component across and down, beside those of the others: two numbers in one. */
  private final List<Integer> sampling = new ArrayList<>();

  private int width;
  private int height;
  private boolean jfif;
  private int adobeTransform = -1;

  private JpegFile(byte[] file) {
    this.file = file;
    this.in = new ByteReader(file);
  }

  static boolean isJpeg(byte[] file) {
    return file.length > 2 && file[0] == -1 && (file[1] & 255) == START_OF_IMAGE && file[2] == -1;
  }

  static JpegFile parse(byte[] file, PixelLimit limit) throws IOException {
    JpegFile jpeg = new JpegFile(file);
    jpeg.in.skip(2);
    int scan = jpeg.readSegments(limit);
    jpeg.kept.add(Arrays.copyOfRange(file, scan, file.length));
    jpeg.checkScans(scan);
    return jpeg;
  }

  /** Up to the first scan; returns where it begins. */
  private int readSegments(PixelLimit limit) throws IOException {
    while (true) {
      int marker = nextMarker();
      int at = in.position();
      if (marker == START_OF_SCAN) {
        if (ids.isEmpty()) {
          throw new IOException("no frame before the pixels");
        }
        return at - 2;
      }
      if (marker == END_OF_IMAGE) {
        throw new IOException("no pixels in it");
      }
      int length = in.uint16();
      if (length < 2) {
        throw new IOException("a segment of " + length + " bytes");
      }
      in.skip(length - 2);
      ByteReader data = new ByteReader(file, at + 2, at + length);
      if (isFrame(marker)) {
        readFrame(marker, data, limit);
      } else if (marker == JFIF_SEGMENT) {
        jfif |= data.startsWith("JFIF\0") && data.remaining() >= 14;
      } else if (marker == ADOBE_SEGMENT) {
        readAdobe(data);
      }
      if (marker != COMMENT && (marker & 0xF0) != JFIF_SEGMENT) {
        kept.add(segment(marker, at, length));
      }
    }
  }

  private byte[] segment(int marker, int at, int length) {
    byte[] bytes = new byte[length + 2];
    bytes[0] = -1;
    bytes[1] = (byte) marker;
    System.arraycopy(file, at, bytes, 2, length);
    return bytes;
  }

  /** Skips what is no marker and markers that stand alone. */
  private int nextMarker() throws IOException {
    while (true) {
      int before = in.uint8();
      int marker = in.uint8();
      // Anything may lie between segments, and a marker may begin with several times 0xFF.
      while (before != 0xFF || marker == 0xFF) {
        before = marker;
        marker = in.uint8();
      }
      boolean alone = marker <= 1 || (marker >= 0xD0 && marker <= START_OF_IMAGE);
      if (!alone) {
        return marker;
      }
    }
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xC0
        && marker <= 0xCF
        && marker != TABLES_OF_HUFFMAN
        && marker != 0xC8
        && marker != ARITHMETIC_CONDITIONING;
  }

  private void readFrame(int marker, ByteReader data, PixelLimit limit) throws IOException {
    if (marker > 0xC2) {
      throw new IOException(
          marker < 0xC8
              ? "lossless and hierarchical JPEG is not supported"
              : "JPEG with arithmetic coding is not supported");
    }
    int depth = data.uint8();
    if (depth != 8) {
      throw new IOException("samples of " + depth + " bits; JPEG is read with 8");
    }
    if (!ids.isEmpty()) {
      throw new IOException("two frames");
    }
    height = data.uint16();
    width = data.uint16();
    int components = data.uint8();
    if (components != 1 && components != 3 && components != 4) {
      throw new IOException(components + " components");
    }
    for (int i = 0; i < components; i++) {
      ids.add(data.uint8());
      sampling.add(data.uint8());
      data.skip(1);
    }
    // The decoder holds coefficients of progressive pictures, of 16 bits, beside the pixels.
    limit.check(width, height, components * (marker == 0xC2 ? 3 : 1));
    if ((long) width * height / MAX_EXPANSION > file.length) {
      throw new EOFException("the file is cut short");
    }
  }

  private void readAdobe(ByteReader data) throws IOException {
    if (data.startsWith("Adobe") && data.remaining() >= 12) {
      data.skip(11);
      adobeTransform = data.uint8();
    }
  }

  /** Also looks for the end, which libjpeg makes up where it is missing and Pillow asks for. */
  private void checkScans(int from) throws IOException {
    int scans = 0;
    boolean ends = false;
    for (int i = from; i + 1 < file.length && !ends; i++) {
      if (file[i] == -1) {
        int marker = file[i + 1] & 255;
        scans += marker == START_OF_SCAN ? 1 : 0;
        ends = marker == END_OF_IMAGE;
      }
    }
    if (scans > MAX_SCANS) {
      throw new IOException("more than " + MAX_SCANS + " scans");
    }
    if (!ends) {
      throw new EOFException("the file is cut short");
    }
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  int components() {
    return ids.size();
  }

  /** Whether a component has half as many rows as the picture, but all columns. */
  boolean isHalfAsHigh(int component) {
    int across = sampling.stream().mapToInt(factors -> factors >> 4).max().orElseThrow();
    int down = sampling.stream().mapToInt(factors -> factors & 15).max().orElseThrow();
    int factors = sampling.get(component);
    return factors >> 4 == across && 2 * (factors & 15) == down;
  }

  boolean hasInks() {
    return components() == 4;
  }

  /** What libjpeg concludes from the segments and from the components' names. */
  Colours colours() {
    return switch (components()) {
      case 1 -> Colours.GREY;
      case 3 -> threeColours();
      default -> adobeTransform <= 0 ? Colours.CMYK : Colours.YCCK;
    };
  }

  private Colours threeColours() {
    if (jfif || adobeTransform > 0) {
      return Colours.YCBCR;
    }
    if (adobeTransform == 0) {
      return Colours.RGB;
    }
    return ids.equals(List.of((int) 'R', (int) 'G', (int) 'B')) ? Colours.RGB : Colours.YCBCR;
  }

  /** The reduced file. */
  ImageInputStream stream() {
    List<byte[]> parts = new ArrayList<>();
    parts.add(new byte[] {-1, (byte) START_OF_IMAGE});
    switch (colours()) {
      case GREY, YCBCR -> parts.add(jfifSegment());
      case RGB, CMYK -> parts.add(adobeSegment(0));
      case YCCK -> parts.add(adobeSegment(2));
    }
    parts.addAll(kept);
    return new PartsInputStream(parts);
  }

  private static byte[] jfifSegment() {
    return new byte[] {
      -1, (byte) JFIF_SEGMENT, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
    };
  }

  private static byte[] adobeSegment(int transform) {
    return new byte[] {
      -1, (byte) ADOBE_SEGMENT, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform
    };
  }
}
