package dev.weft.nn.text;

import java.util.List;

/** The tokens of a BERT vocabulary that stand for no text. */
record SpecialTokens(String unknown, String begin, String end, String pad, String mask) {
  static final SpecialTokens BERT = new SpecialTokens("[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]");

  /** In the order in which a trained vocabulary begins. */
  List<String> all() {
    return List.of(pad, unknown, begin, end, mask);
  }
}
