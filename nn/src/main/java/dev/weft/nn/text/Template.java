package dev.weft.nn.text;

import java.util.List;

/**
 * What is put around a text or a pair of texts.
 *
 * @param single the parts of an encoding of one text
 * @param pair those of a pair
 */
record Template(List<Part> single, List<Part> pair) {
  /** Which texts there are. */
  static final int FIRST = 0;

  static final int SECOND = 1;

  /**
   * A part of an encoding.
   *
   * @param text {@link #FIRST} or {@link #SECOND}; negative for special tokens
   * @param ids the special tokens
   * @param typeId the type of all of the part's tokens
   */
  record Part(int text, int[] ids, int typeId) {
    static Part special(int id, int typeId) {
      return new Part(-1, new int[] {id}, typeId);
    }

    static Part text(int text, int typeId) {
      return new Part(text, new int[0], typeId);
    }
  }

  /** Nothing around the texts. */
  static final Template BARE =
      new Template(
          List.of(Part.text(FIRST, 0)), List.of(Part.text(FIRST, 0), Part.text(SECOND, 1)));

  /** {@code [CLS] A [SEP] B [SEP]}, the second text of another type. */
  static Template bert(int begin, int end) {
    Part last = Part.special(end, 0);
    return new Template(
        List.of(Part.special(begin, 0), Part.text(FIRST, 0), last),
        List.of(
            Part.special(begin, 0),
            Part.text(FIRST, 0),
            last,
            Part.text(SECOND, 1),
            Part.special(end, 1)));
  }

  /** {@code <s> A </s></s> B </s>}, all of one type: RoBERTa's, which CLIP's files name. */
  static Template roberta(int begin, int end) {
    Part last = Part.special(end, 0);
    return new Template(
        List.of(Part.special(begin, 0), Part.text(FIRST, 0), last),
        List.of(
            Part.special(begin, 0), Part.text(FIRST, 0), last, last, Part.text(SECOND, 0), last));
  }

  List<Part> parts(boolean isPair) {
    return isPair ? pair : single;
  }

  /** Number of special tokens. */
  int specialTokens(boolean isPair) {
    return parts(isPair).stream().mapToInt(part -> part.ids.length).sum();
  }
}
