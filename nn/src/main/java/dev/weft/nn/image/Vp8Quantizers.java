package dev.weft.nn.image;

/**
 * What coefficients are multiplied by (RFC 6386, section 14.1), each for the first one (DC) and the
 * others (AC).
 *
 * @param lumaDc of luma
 * @param lumaAc of luma
 * @param secondDc of the block that holds the DC of 16 blocks of luma
 * @param secondAc of that block
 * @param chromaDc of chroma
 * @param chromaAc of chroma
 */
record Vp8Quantizers(
    int lumaDc, int lumaAc, int secondDc, int secondAc, int chromaDc, int chromaAc) {

  private static final int MAX_CHROMA_DC = 117;

  /**
   * Those of an index.
   *
   * @param deltas to the index: luma DC, second DC and AC, chroma DC and AC
   */
  static Vp8Quantizers of(int index, int[] deltas) {
    return new Vp8Quantizers(
        dc(index + deltas[0], Vp8Tables.QUANTIZERS - 1),
        ac(index),
        2 * dc(index + deltas[1], Vp8Tables.QUANTIZERS - 1),
        Math.max(ac(index + deltas[2]) * 155 / 100, 8),
        dc(index + deltas[3], MAX_CHROMA_DC),
        ac(index + deltas[4]));
  }

  private static int dc(int index, int max) {
    return Vp8Tables.DC_QUANTIZERS[Math.clamp(index, 0, max)];
  }

  private static int ac(int index) {
    return Vp8Tables.AC_QUANTIZERS[Math.clamp(index, 0, Vp8Tables.QUANTIZERS - 1)];
  }
}
