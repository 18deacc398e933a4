package dev.weft.nn.image;

import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;

/**
 * WebP files (RFC 9649), of an animation the first frame on its canvas: the lossy kind by {@link
 * Vp8Frame}, the lossless kind by {@link WebpLossless}.
 */
final class WebpDecoder {
  private static final int FRAME_HEADER = 16;
  private static final int ALPHA_FLAG = 0x10;

  private final byte[] file;
  private final PixelLimit limit;

  private int canvasWidth;
  private int canvasHeight;
  private boolean extended;
  private boolean hasAlpha;
  private int frameX;
  private int frameY;

  /** Where the alpha chunk of the frame begins and ends; both 0 where there is none. */
  private int alphaFrom;

  private int alphaEnd;

  private WebpDecoder(byte[] file, PixelLimit limit) {
    this.file = file;
    this.limit = limit;
  }

  static boolean isWebp(byte[] file) {
    return new ByteReader(file).startsWith("RIFF")
        && file.length >= 12
        && new ByteReader(file, 8, file.length).startsWith("WEBP");
  }

  static BufferedImage decode(byte[] file, PixelLimit limit) throws IOException {
    WebpDecoder decoder = new WebpDecoder(file, limit);
    Pixels frame = decoder.readChunks(12, file.length, true);
    if (frame == null) {
      throw new EOFException("no pixels in it");
    }
    return decoder.onCanvas(frame).toBufferedImage();
  }

  /** Up to the first picture; null where none comes. */
  private Pixels readChunks(int from, int end, boolean outer) throws IOException {
    int at = from;
    while (end - at >= 8) {
      ByteReader in = new ByteReader(file, at, end);
      ByteReader data = new ByteReader(file, at + 8, end);
      boolean extendedHeader = in.startsWith("VP8X");
      boolean lossy = in.startsWith("VP8 ");
      boolean lossless = in.startsWith("VP8L");
      boolean alpha = in.startsWith("ALPH");
      boolean frame = in.startsWith("ANMF");
      in.skip(4);
      int length = in.int32LittleEndian();
      if (length < 0 || length > in.remaining()) {
        throw new EOFException("the file is cut short");
      }
      int next = at + 8 + length;
      if (lossy) {
        return withAlpha(Vp8Frame.decode(file, at + 8, next, limit));
      }
      if (lossless) {
        return lossless(at + 8, next);
      }
      if (frame && outer) {
        data.skip(FRAME_HEADER);
        readFrame(at + 8, next);
        return readChunks(at + 8 + FRAME_HEADER, next, false);
      }
      if (alpha) {
        alphaFrom = at + 8;
        alphaEnd = next;
      } else if (extendedHeader) {
        readExtended(data);
      }
      at = next + (length & 1);
    }
    return null;
  }

  private void readExtended(ByteReader in) throws IOException {
    hasAlpha = (in.uint8() & ALPHA_FLAG) != 0;
    in.skip(3);
    canvasWidth = 1 + uint24(in);
    canvasHeight = 1 + uint24(in);
    limit.check(canvasWidth, canvasHeight, 4);
    extended = true;
  }

  private void readFrame(int from, int end) throws IOException {
    ByteReader in = new ByteReader(file, from, end);
    frameX = 2 * uint24(in);
    frameY = 2 * uint24(in);
  }

  private static int uint24(ByteReader in) throws IOException {
    return in.uint8() | in.uint16LittleEndian() << 8;
  }

  private Pixels lossless(int from, int end) throws IOException {
    Pixels pixels = WebpLossless.decode(file, from, end, limit);
    if (extended && !hasAlpha && pixels.kind() == Pixels.Kind.RGB_ALPHA) {
      return pixels.toRgb();
    }
    return pixels;
  }

  private Pixels withAlpha(Pixels colours) throws IOException {
    if (!hasAlpha) {
      return colours;
    }
    int width = colours.width();
    int height = colours.height();
    byte[] alpha =
        alphaEnd == 0 ? null : WebpAlpha.decode(file, alphaFrom, alphaEnd, width, height, limit);
    byte[] samples = new byte[4 * width * height];
    for (int i = 0; i < width * height; i++) {
      System.arraycopy(colours.samples(), 3 * i, samples, 4 * i, 3);
      samples[4 * i + 3] = alpha == null ? -1 : alpha[i];
    }
    return new Pixels(width, height, Pixels.Kind.RGB_ALPHA, samples);
  }

  /** What a frame does not cover is transparent black. */
  private Pixels onCanvas(Pixels frame) throws IOException {
    if (!extended || (frame.width() == canvasWidth && frame.height() == canvasHeight)) {
      return frame;
    }
    if (frameX + frame.width() > canvasWidth || frameY + frame.height() > canvasHeight) {
      throw new IOException("the first frame reaches beyond the canvas");
    }
    int bands = frame.bands();
    byte[] canvas = new byte[Math.multiplyExact(canvasWidth * canvasHeight, bands)];
    for (int y = 0; y < frame.height(); y++) {
      System.arraycopy(
          frame.samples(),
          y * frame.width() * bands,
          canvas,
          ((frameY + y) * canvasWidth + frameX) * bands,
          frame.width() * bands);
    }
    return new Pixels(canvasWidth, canvasHeight, frame.kind(), canvas);
  }
}
