package dev.weft.nn.checkpoint;

/** What a file holds, for an error: short, on one line, without control characters. */
final class Quoted {
  private static final int LONGEST = 100;

  private Quoted() {}

  static String of(CharSequence text) {
    StringBuilder quoted = new StringBuilder("'");
    int shown = Math.min(text.length(), LONGEST);
    for (int i = 0; i < shown; i++) {
      char c = text.charAt(i);
      quoted.append(isPrintable(c) ? String.valueOf(c) : "\\u%04x".formatted((int) c));
    }
    return quoted.append(text.length() > shown ? "…'" : "'").toString();
  }

  private static boolean isPrintable(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
