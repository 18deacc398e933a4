package dev.weft.nn.image;

import dev.weft.nn.image.PngHeader.Pass;

/**
 * Rows of a PNG file as samples of 8 bits, or of 16 where they are grey alone.
 *
 * @param samples [height, width, bytes of a pixel]
 */
record PngSamples(PngHeader header, byte[] samples) {

  /** Puts a row of a pass where its pixels belong. */
  void put(byte[] row, Pass pass, int y) {
    int start = (pass.y() + y * pass.yStep()) * header.width() + pass.x();
    switch (header.depth()) {
      case 8 -> bytes(row, pass, start);
      case 16 -> words(row, pass, start);
      default -> bits(row, pass, start);
    }
  }

  private void bytes(byte[] row, Pass pass, int start) {
    int bands = header.bands();
    if (pass.xStep() == 1) {
      System.arraycopy(row, 0, samples, start * bands, row.length);
      return;
    }
    for (int x = 0; x < pass.columns(); x++) {
      System.arraycopy(row, x * bands, samples, (start + x * pass.xStep()) * bands, bands);
    }
  }

  private void words(byte[] row, Pass pass, int start) {
    boolean wide = header.colour() == PngHeader.GREY;
    int bands = header.bands();
    for (int x = 0; x < pass.columns(); x++) {
      int pixel = start + x * pass.xStep();
      for (int band = 0; band < bands; band++) {
        int at = 2 * (x * bands + band);
        if (wide) {
          samples[2 * pixel] = row[at];
          samples[2 * pixel + 1] = row[at + 1];
        } else {
          samples[pixel * bands + band] = row[at];
        }
      }
    }
  }

  /** Grey of 2 and 4 bits spreads over 0 to 255; one bit and indices stay what they are. */
  private void bits(byte[] row, Pass pass, int start) {
    int depth = header.depth();
    int mask = (1 << depth) - 1;
    int factor = header.colour() == PngHeader.PALETTE || depth == 1 ? 1 : 255 / mask;
    for (int x = 0; x < pass.columns(); x++) {
      int bit = x * depth;
      int sample = row[bit >> 3] >> (8 - depth - (bit & 7)) & mask;
      samples[start + x * pass.xStep()] = (byte) (sample * factor);
    }
  }
}
