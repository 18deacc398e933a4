package dev.weft.nn.image;

import dev.weft.nn.image.PngHeader.Pass;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * PNG files (W3C, Portable Network Graphics, third edition) as Pillow reads them: samples are never
 * sent through gamma, chromaticities or profiles, transparency by colour (tRNS) is passed over, of
 * 16 bits the high byte is kept but in grey alone, and the checksums of IDAT are not compared. JDK
 * readers give tRNS a band of its own, which would be weighed in.
 */
final class PngDecoder {
  static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";
  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504C5445;
  private static final int IDAT = 0x49444154;

  /** What deflate makes of a byte at most. */
  private static final int MAX_EXPANSION = 1032;

  private final byte[] file;
  private final ByteReader in;
  private final PixelLimit limit;
  private final Inflater inflater = new Inflater();
  private PngHeader header;
  private byte[] palette;

  /** Bytes of the current IDAT chunk that the inflater has not been given. */
  private int remaining;

  private boolean isFirstRow = true;

  private PngDecoder(byte[] file, PixelLimit limit) {
    this.file = file;
    this.in = new ByteReader(file);
    this.limit = limit;
  }

  static BufferedImage decode(byte[] file, PixelLimit limit) throws IOException {
    PngDecoder decoder = new PngDecoder(file, limit);
    try {
      decoder.in.skip(SIGNATURE.length());
      decoder.readChunks();
      return decoder.readPixels();
    } finally {
      decoder.inflater.end();
    }
  }

  /** Up to and into the first IDAT chunk. */
  private void readChunks() throws IOException {
    while (true) {
      int length = in.int32();
      int start = in.position();
      int type = in.int32();
      if (type == IDAT) {
        remaining = within(length);
        break;
      }
      ByteReader data = new ByteReader(file, in.position(), file.length);
      in.skip(length);
      CRC32 crc = new CRC32();
      crc.update(file, start, in.position() - start);
      if (in.int32() != (int) crc.getValue()) {
        throw new IOException("the checksum of a chunk is wrong");
      }
      if (type == IHDR) {
        header = PngHeader.parse(data, length);
        limit.check(header.width(), header.height(), bytesPerPixel());
      } else if (type == PLTE) {
        palette = Arrays.copyOfRange(file, data.position(), data.position() + length);
      }
    }
    if (header == null) {
      throw new IOException("no IHDR before the pixels");
    }
  }

  private int within(int length) throws IOException {
    if (length < 0) {
      throw new IOException("an IDAT chunk of " + Integer.toUnsignedLong(length) + " bytes");
    }
    return Math.min(length, in.remaining());
  }

  private int bytesPerPixel() {
    return kind() == Pixels.Kind.WIDE_GREY ? 4 : header.bands();
  }

  private BufferedImage readPixels() throws IOException {
    if (header.colour() == PngHeader.PALETTE && palette == null) {
      throw new IOException("a palette picture without PLTE");
    }
    // Before memory is taken for pixels that cannot be there.
    if (header.unpackedBytes() / MAX_EXPANSION > file.length) {
      throw new EOFException("the file is cut short");
    }
    int pixels = header.width() * header.height();
    byte[] samples = new byte[Math.multiplyExact(pixels, kind().bytes())];
    PngSamples out = new PngSamples(header, samples);
    for (int i = 0; i < header.passes(); i++) {
      readPass(header.pass(i), out);
    }
    if (header.colour() == PngHeader.PALETTE) {
      return SampleImages.palette(header.width(), header.height(), samples, palette);
    }
    return header.depth() == 1
        ? SampleImages.bilevel(header.width(), header.height(), samples)
        : new Pixels(header.width(), header.height(), kind(), samples).toBufferedImage();
  }

  private Pixels.Kind kind() {
    return switch (header.colour()) {
      case PngHeader.GREY_ALPHA -> Pixels.Kind.GREY_ALPHA;
      case PngHeader.RGB -> Pixels.Kind.RGB;
      case PngHeader.RGB_ALPHA -> Pixels.Kind.RGB_ALPHA;
      default ->
          header.colour() == PngHeader.GREY && header.depth() == 16
              ? Pixels.Kind.WIDE_GREY
              : Pixels.Kind.GREY;
    };
  }

  private void readPass(Pass pass, PngSamples out) throws IOException {
    if (pass.columns() == 0) {
      return;
    }
    int length = header.rowBytes(pass.columns());
    byte[] above = new byte[length];
    byte[] row = new byte[length];
    byte[] filter = new byte[1];
    for (int y = 0; y < pass.rows(); y++) {
      // As Pillow: rows that a stream leaves out are 0, but not a part of one, nor all.
      if (!inflate(filter) && !isFirstRow) {
        return;
      }
      if (!inflate(row)) {
        throw new EOFException("the file is cut short");
      }
      isFirstRow = false;
      PngFilters.undo(filter[0], row, above, header.filterStep());
      out.put(row, pass, y);
      byte[] free = above;
      above = row;
      row = free;
    }
  }

  /** Fills an array; false where the compressed stream ends before that. */
  private boolean inflate(byte[] out) throws IOException {
    int done = 0;
    try {
      while (done < out.length) {
        int count = inflater.inflate(out, done, out.length - done);
        done += count;
        if (count == 0) {
          if (inflater.finished()) {
            return false;
          }
          if (inflater.needsDictionary() || !feed()) {
            throw new EOFException("the file is cut short");
          }
        }
      }
    } catch (DataFormatException e) {
      throw new IOException("the compressed pixels are damaged: " + e.getMessage(), e);
    }
    return true;
  }

  /** Gives the inflater more of the IDAT chunks, which follow each other. */
  private boolean feed() throws IOException {
    while (remaining == 0) {
      if (in.remaining() < 12) {
        return false;
      }
      in.skip(4);
      int length = in.int32();
      if (in.int32() != IDAT) {
        return false;
      }
      remaining = within(length);
    }
    inflater.setInput(file, in.position(), remaining);
    in.skip(remaining);
    remaining = 0;
    return true;
  }
}
