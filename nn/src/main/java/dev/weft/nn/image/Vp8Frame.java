package dev.weft.nn.image;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * A key frame of VP8 (RFC 6386), the lossy kind of WebP: predictions plus what the transforms give,
 * then the loop filter over the whole. Written because plug-ins in Java decode it visibly wrong.
 */
final class Vp8Frame {
  private final Vp8Header header;
  private final int columns;
  private final int rows;
  private final Vp8Plane luma;
  private final Vp8Plane blue;
  private final Vp8Plane red;
  private final Vp8Modes modes;
  private final Vp8Coefficients coefficients;
  private final Vp8LoopFilter filter;
  private final int[] edge = new int[13];

  private Vp8Frame(Vp8Header header) {
    this.header = header;
    columns = (header.width + 15) / 16;
    rows = (header.height + 15) / 16;
    luma = new Vp8Plane(16 * columns, 16 * rows);
    blue = new Vp8Plane(8 * columns, 8 * rows);
    red = new Vp8Plane(8 * columns, 8 * rows);
    modes = new Vp8Modes(header, columns);
    coefficients = new Vp8Coefficients(header, columns);
    filter = new Vp8LoopFilter(header, columns * rows);
  }

  /** Decodes bytes {@code from} to {@code end} to RGB. */
  static Pixels decode(byte[] file, int from, int end, PixelLimit limit) throws IOException {
    Vp8Frame frame = new Vp8Frame(new Vp8Header(file, from, end, limit));
    for (int y = 0; y < frame.rows; y++) {
      frame.readRow(y);
    }
    for (int i = 0; i < frame.columns * frame.rows; i++) {
      int x = i % frame.columns;
      int y = i / frame.columns;
      frame.filter.apply(i, x > 0, y > 0, frame.luma, frame.luma.at(16 * x, 16 * y), 16);
      frame.filter.apply(i, x > 0, y > 0, frame.blue, frame.blue.at(8 * x, 8 * y), 8);
      frame.filter.apply(i, x > 0, y > 0, frame.red, frame.red.at(8 * x, 8 * y), 8);
    }
    return Vp8Colours.toRgb(
        frame.header.width, frame.header.height, frame.luma, frame.blue, frame.red);
  }

  private void readRow(int y) throws IOException {
    Vp8Bits tokens = header.tokens[y % header.tokens.length];
    modes.startRow();
    coefficients.startRow();
    for (int x = 0; x < columns; x++) {
      modes.read(x);
      boolean subblocks = modes.luma == Vp8Modes.SUBBLOCKS;
      boolean any = false;
      if (modes.skipped) {
        coefficients.skip(x, !subblocks);
      } else {
        any = coefficients.read(tokens, x, !subblocks, header.quantizers(modes.segment));
      }
      filter.note(y * columns + x, header.filterLevel(modes.segment, subblocks), subblocks || any);
      predict(x, y);
      if (modes.modesExhausted() || tokens.exhausted()) {
        throw new EOFException("the file is cut short");
      }
    }
  }

  private void predict(int x, int y) {
    int at = luma.at(16 * x, 16 * y);
    if (modes.luma == Vp8Modes.SUBBLOCKS) {
      predictSubblocks(x, y, at);
    } else {
      Vp8Predictor.square(luma, at, 16, modes.luma, y > 0, x > 0);
      for (int i = 0; i < 16; i++) {
        int block = at + i / 4 * 4 * luma.stride + i % 4 * 4;
        Vp8Transform.add(coefficients.values, 16 * i, luma.samples, block, luma.stride);
      }
    }
    predictChroma(blue, x, y, 16);
    predictChroma(red, x, y, 20);
  }

  private void predictChroma(Vp8Plane plane, int x, int y, int firstBlock) {
    int at = plane.at(8 * x, 8 * y);
    Vp8Predictor.square(plane, at, 8, modes.chroma, y > 0, x > 0);
    for (int i = 0; i < 4; i++) {
      int block = at + i / 2 * 4 * plane.stride + i % 2 * 4;
      Vp8Transform.add(
          coefficients.values, 16 * (firstBlock + i), plane.samples, block, plane.stride);
    }
  }

  private void predictSubblocks(int x, int y, int at) {
    int above = at - luma.stride;
    if (y > 0 && x == columns - 1) {
      // Nothing lies above at the right: the last sample goes on.
      Arrays.fill(luma.samples, above + 16, above + 20, luma.samples[above + 15]);
    }
    for (int i = 0; i < 16; i++) {
      int column = i % 4 * 4;
      int block = at + i / 4 * 4 * luma.stride + column;
      int top = block - luma.stride;
      for (int k = 0; k < 4; k++) {
        edge[k] = luma.sample(block + (3 - k) * luma.stride - 1);
        edge[5 + k] = luma.sample(top + k);
        // At the right side, all rows of subblocks look at the macroblock above at the right.
        edge[9 + k] = luma.sample(column == 12 ? above + 16 + k : top + 4 + k);
      }
      edge[4] = luma.sample(top - 1);
      Vp8Predictor.subblock(luma, block, modes.subblocks[i], edge);
      Vp8Transform.add(coefficients.values, 16 * i, luma.samples, block, luma.stride);
    }
  }
}
