package dev.weft.nn.image;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.StringTokenizer;

/** Numbers that VP8 fixes (RFC 6386); the long ones lie in {@code vp8.txt}. */
final class Vp8Tables {
  static final int BLOCK_TYPES = 4;
  static final int BANDS = 8;
  static final int CONTEXTS = 3;
  static final int NODES = 11;
  static final int SUBBLOCK_MODES = 10;
  static final int QUANTIZERS = 128;

  /** How likely a coefficient's nodes are 0, in 256: [type, band, context, node]. */
  static final int[] COEFFICIENTS = new int[BLOCK_TYPES * BANDS * CONTEXTS * NODES];

  /** How likely a frame leaves each of them alone. */
  static final int[] UPDATES = new int[COEFFICIENTS.length];

  /** [mode above, mode at the left, node]. */
  static final int[] SUBBLOCKS = new int[SUBBLOCK_MODES * SUBBLOCK_MODES * (SUBBLOCK_MODES - 1)];

  static final int[] DC_QUANTIZERS = new int[QUANTIZERS];
  static final int[] AC_QUANTIZERS = new int[QUANTIZERS];

  static {
    try (InputStream in = Vp8Tables.class.getResourceAsStream("vp8.txt");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      StringBuilder numbers = new StringBuilder();
      lines
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(l -> numbers.append(l).append(' '));
      StringTokenizer tokens = new StringTokenizer(numbers.toString());
      int[][] tables = {COEFFICIENTS, UPDATES, SUBBLOCKS, DC_QUANTIZERS, AC_QUANTIZERS};
      for (int[] table : tables) {
        for (int i = 0; i < table.length; i++) {
          table[i] = Integer.parseInt(tokens.nextToken());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final int[] BAND = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

  /** Extra bits of the large values, most significant first (section 13.2). */
  private static final int[][] EXTRA_BITS = {
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
  };

  private Vp8Tables() {}

  /** Where the nodes of a band and a context begin. */
  static int nodes(int type, int coefficient, int context) {
    return ((type * BANDS + BAND[coefficient]) * CONTEXTS + context) * NODES;
  }

  static int zigzag(int coefficient) {
    return ZIGZAG[coefficient];
  }

  static int[] extraBits(int category) {
    return EXTRA_BITS[category];
  }
}
