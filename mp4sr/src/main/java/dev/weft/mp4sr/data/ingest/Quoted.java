package dev.weft.mp4sr.data.ingest;

/** What a file holds, fit to stand in a one-line error. */
final class Quoted {
  private static final int LONGEST = 60;

  private Quoted() {}

  static String of(Object found) {
    String line = found.toString().replaceAll("\\p{Cntrl}", " ");
    int cut = Math.min(line.length(), LONGEST);
    return "`" + line.substring(0, cut) + (cut < line.length() ? "…`" : "`");
  }
}
