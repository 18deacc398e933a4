package dev.weft.nn.text;

/**
 * A token that is found in a text as it is written, before the text is split into words.
 *
 * @param id its id
 * @param content how it is written
 * @param singleWord only where no word character touches it
 * @param stripsLeft white space before it belongs to it
 * @param stripsRight white space after it belongs to it
 * @param normalized found in the normalised text, itself normalised
 * @param special stands for no text
 */
record AddedToken(
    int id,
    String content,
    boolean singleWord,
    boolean stripsLeft,
    boolean stripsRight,
    boolean normalized,
    boolean special) {

  /** One that is found wherever it is written just so. */
  static AddedToken special(int id, String content) {
    return new AddedToken(id, content, false, false, false, false, true);
  }

  AddedToken withId(int other) {
    return new AddedToken(other, content, singleWord, stripsLeft, stripsRight, normalized, special);
  }
}
