package dev.weft.nn.image;

import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * The first picture of a GIF file (CompuServe, Graphics Interchange Format 89a) on its canvas, as
 * Pillow reads it: what the picture does not cover has the transparent colour or else colour 0, a
 * palette that only counts up through the greys is no palette, and a picture that reaches beyond
 * the canvas enlarges it. The JDK's reader gives the picture without its canvas.
 */
final class GifDecoder {
  static final String SIGNATURE = "GIF8";

  /** Pixels of the longest code, of 12 bits, to a byte. */
  private static final int MAX_EXPANSION = 4096 * 8 / 12;

  private static final int EXTENSION = '!';
  private static final int PICTURE = ',';
  private static final int END = ';';
  private static final int GRAPHIC_CONTROL = 0xF9;

  private final byte[] file;
  private final ByteReader in;
  private byte[] palette;
  private int transparent;

  private GifDecoder(byte[] file) {
    this.file = file;
    this.in = new ByteReader(file);
  }

  static BufferedImage decode(byte[] file, PixelLimit limit) throws IOException {
    return new GifDecoder(file).decode(limit);
  }

  private BufferedImage decode(PixelLimit limit) throws IOException {
    in.skip(6);
    int canvasWidth = in.uint16LittleEndian();
    int canvasHeight = in.uint16LittleEndian();
    palette = palette(screenFlags());
    seekPicture();
    int x = in.uint16LittleEndian();
    int y = in.uint16LittleEndian();
    int width = in.uint16LittleEndian();
    int height = in.uint16LittleEndian();
    canvasWidth = Math.max(canvasWidth, x + width);
    canvasHeight = Math.max(canvasHeight, y + height);
    limit.check(canvasWidth, canvasHeight, 1);
    if ((long) width * height / MAX_EXPANSION > file.length) {
      throw new EOFException("the file is cut short");
    }
    int flags = in.uint8();
    byte[] own = palette(flags);
    if (own != null) {
      palette = own;
    }
    byte[] canvas = new byte[canvasWidth * canvasHeight];
    Arrays.fill(canvas, (byte) transparent);
    if (width > 0 && height > 0) {
      byte[] row = new byte[width];
      GifCodes codes = new GifCodes(file, in.position());
      boolean interlaced = (flags & 0x40) != 0;
      for (int i = 0; i < height; i++) {
        codes.read(row);
        int line = y + (interlaced ? interlacedRow(i, height) : i);
        System.arraycopy(row, 0, canvas, line * canvasWidth + x, width);
      }
    }
    return palette == null || countsUp(palette)
        ? new Pixels(canvasWidth, canvasHeight, Pixels.Kind.GREY, canvas).toBufferedImage()
        : SampleImages.palette(canvasWidth, canvasHeight, canvas, palette);
  }

  private int screenFlags() throws IOException {
    int flags = in.uint8();
    in.skip(2);
    return flags;
  }

  /** The colours that follow, or null where the flags say that there are none. */
  private byte[] palette(int flags) throws IOException {
    if ((flags & 0x80) == 0) {
      return null;
    }
    int from = in.position();
    in.skip(3 << ((flags & 7) + 1));
    return Arrays.copyOfRange(file, from, in.position());
  }

  private static boolean countsUp(byte[] palette) {
    for (int i = 0; i < palette.length; i++) {
      if ((palette[i] & 255) != i / 3) {
        return false;
      }
    }
    return true;
  }

  private void seekPicture() throws IOException {
    while (true) {
      switch (in.uint8()) {
        case PICTURE -> {
          return;
        }
        case EXTENSION -> readExtension();
        case END -> throw new IOException("no picture in it");
        default -> {}
      }
    }
  }

  private void readExtension() throws IOException {
    boolean control = in.uint8() == GRAPHIC_CONTROL;
    int length = in.uint8();
    while (length > 0) {
      int from = in.position();
      in.skip(length);
      if (control && length >= 4 && (file[from] & 1) != 0) {
        transparent = file[from + 3] & 255;
      }
      control = false;
      length = in.uint8();
    }
  }

  /** Every 8th row, those halfway between, and so on. */
  private static int interlacedRow(int index, int height) {
    int rest = index;
    int first = 0;
    int step = 8;
    for (int pass = 0; pass < 4; pass++) {
      int rows = Math.max((height - first + step - 1) / step, 0);
      if (rest < rows) {
        return first + rest * step;
      }
      rest -= rows;
      first = 4 >> pass;
      step = 8 >> pass;
    }
    throw new IllegalStateException("row " + index + " of " + height);
  }
}
