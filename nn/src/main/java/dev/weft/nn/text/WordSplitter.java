package dev.weft.nn.text;

/** Cuts a normalised text into words. */
@FunctionalInterface
interface WordSplitter {
  /** Told of each word in turn. */
  interface Words {
    void word(int from, int to);
  }

  /** Hands each word of a part of a text to {@code words}. */
  void split(AlignedText text, int from, int to, Words words);

  /** This splitter's words, each split further by another. */
  default WordSplitter then(WordSplitter further) {
    return (text, from, to, words) ->
        split(text, from, to, (start, end) -> further.split(text, start, end, words));
  }

  /** BERT's: at white space, which is no word, and around each punctuation mark, which is one. */
  static WordSplitter bert(CharacterRules rules) {
    return spaces().then((text, from, to, words) -> punctuation(rules, text, from, to, words));
  }

  /** At white space, which is no word. */
  static WordSplitter spaces() {
    return (text, from, to, words) -> {
      int start = from;
      for (int i = from; i <= to; i++) {
        if (i == to || Characters.isWhiteSpace(text.charAt(i))) {
          if (i > start) {
            words.word(start, i);
          }
          start = i + 1;
        }
      }
    };
  }

  /** Around each punctuation mark, which is a word. */
  static WordSplitter punctuation(CharacterRules rules) {
    return (text, from, to, words) -> punctuation(rules, text, from, to, words);
  }

  private static void punctuation(
      CharacterRules rules, AlignedText text, int from, int to, Words words) {
    int start = from;
    for (int i = from; i < to; ) {
      int c = text.codePointAt(i);
      int next = Math.min(to, i + Character.charCount(c));
      if (rules.isPunctuation(c)) {
        if (i > start) {
          words.word(start, i);
        }
        words.word(i, next);
        start = next;
      }
      i = next;
    }
    if (start < to) {
      words.word(start, to);
    }
  }
}
