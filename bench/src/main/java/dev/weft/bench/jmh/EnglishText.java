package dev.weft.bench.jmh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Text that is to a tokenizer what English is: frequent words and rare ones by Zipf's law over
 * 60,000 words, sentences with capitals and punctuation, numbers, names, now and then a character
 * beyond ASCII. Four megabytes hold 485,000 words, 50,000 of them distinct, of 2.8 tokens each in
 * the published vocabularies, which is more than real English asks for.
 */
final class EnglishText {
  private static final int WORDS = 60_000;
  private static final double EXPONENT = 1.05;

  private static final String[] FUNCTION_WORDS =
      ("the of and to in a is that for it was on with as are be by this from at or an have not"
           + " which but his they he you we all their has one there more when who had were if been"
           + " can will what out so no up other about into than its time only could new them some"
           + " these also two may then do first any my now such like our over man me even most made"
           + " after many before must through years where much your way well down should because"
           + " each just those people how too little state good very make world still own see men"
           + " work")
          .split(" ");

  private static final String[] ONSETS = {
    "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "w", "br", "cl", "st",
    "tr", "pl", "gr", "sh", "ch", "th", "str", "pr", "qu", "sp", "", "con", "re", "in", "ex", "de"
  };
  private static final String[] NUCLEI = {
    "a", "e", "i", "o", "u", "ea", "ou", "ai", "io", "ee", "er", "ar", "or", "an", "en", "in", "on"
  };
  private static final String[] CODAS = {
    "", "n", "t", "s", "l", "r", "m", "d", "nd", "st", "ck", "nt", "ss", "ll", "ct", "p", "g", "ve"
  };
  private static final String[] ENDINGS = {
    "", "", "", "s", "ed", "ing", "ly", "er", "tion", "ment", "ness", "al", "ity", "able", "ive",
    "ous"
  };
  private static final String[] RARE = {
    "café", "naïve", "—", "“quoted”", "it’s", "£20", "½", "…", "Zoë"
  };

  private final Random random;
  private final List<String> words = new ArrayList<>();
  private final double[] cumulative = new double[WORDS];

  EnglishText(long seed) {
    Random syllables = new Random(5);
    random = new Random(seed);
    words.addAll(List.of(FUNCTION_WORDS));
    double sum = 0;
    for (int rank = 0; rank < WORDS; rank++) {
      if (rank >= words.size()) {
        words.add(word(syllables, rank));
      }
      sum += 1 / Math.pow(rank + 2.7, EXPONENT);
      cumulative[rank] = sum;
    }
  }

  private static String word(Random random, int rank) {
    StringBuilder word = new StringBuilder();
    int syllables = 1 + random.nextInt(rank < 2000 ? 2 : 3);
    for (int i = 0; i < syllables; i++) {
      word.append(pick(ONSETS, random)).append(pick(NUCLEI, random)).append(pick(CODAS, random));
    }
    word.append(pick(ENDINGS, random));
    if (random.nextInt(12) == 0) {
      word.setCharAt(0, Character.toUpperCase(word.charAt(0)));
    }
    return word.toString();
  }

  private static String pick(String[] choices, Random random) {
    return choices[random.nextInt(choices.length)];
  }

  /** Paragraphs of a few sentences each, together at least so many characters. */
  List<String> paragraphs(int characters) {
    List<String> paragraphs = new ArrayList<>();
    int length = 0;
    while (length < characters) {
      StringBuilder paragraph = new StringBuilder();
      for (int n = 1 + random.nextInt(7); n > 0; n--) {
        appendSentence(paragraph);
      }
      paragraphs.add(paragraph.toString().strip());
      length += paragraph.length();
    }
    return paragraphs;
  }

  private void appendSentence(StringBuilder text) {
    int start = text.length();
    int count = 4 + random.nextInt(24);
    for (int i = 0; i < count; i++) {
      text.append(token());
      boolean pause = random.nextInt(11) == 0;
      text.append(i == count - 1 ? (random.nextInt(15) == 0 ? "? " : ". ") : pause ? ", " : " ");
    }
    text.setCharAt(start, Character.toUpperCase(text.charAt(start)));
  }

  private String token() {
    int kind = random.nextInt(200);
    if (kind == 0) {
      return pick(RARE, random);
    }
    if (kind < 4) {
      return Integer.toString(random.nextInt(kind == 1 ? 2100 : 100));
    }
    if (kind < 7) {
      return frequent() + (kind == 4 ? "'s" : "-" + frequent());
    }
    return frequent();
  }

  private String frequent() {
    double at = random.nextDouble() * cumulative[WORDS - 1];
    int rank = Arrays.binarySearch(cumulative, at);
    return words.get(rank < 0 ? Math.min(-rank - 1, WORDS - 1) : rank);
  }
}
