package dev.weft.nn.text;

/**
 * A printable character for every byte, so that a vocabulary of bytes can be a text file: printable
 * Latin-1 stands for itself, the others are U+0100 and up (Radford et al., GPT-2).
 */
final class ByteSymbols {
  /** All 256, in the order in which they open a vocabulary: printable ones first. */
  static final int[] ORDER = new int[256];

  private static final char[] SYMBOLS = new char[256];

  static {
    int next = 0;
    for (int value = 0; value < 256; value++) {
      if (isPrintable(value)) {
        SYMBOLS[value] = (char) value;
        ORDER[next++] = value;
      }
    }
    char symbol = 256;
    for (int value = 0; value < 256; value++) {
      if (!isPrintable(value)) {
        SYMBOLS[value] = symbol++;
        ORDER[next++] = value;
      }
    }
  }

  private ByteSymbols() {}

  /** The character of a byte, as a token. */
  static String of(int unsignedByte) {
    return String.valueOf(SYMBOLS[unsignedByte]);
  }

  private static boolean isPrintable(int value) {
    // Latin-1 without controls, the two spaces and the soft hyphen.
    return (value > 0x20 && value < 0x7F) || (value > 0xA0 && value != 0xAD);
  }
}
