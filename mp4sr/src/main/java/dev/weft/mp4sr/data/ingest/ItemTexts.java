package dev.weft.mp4sr.data.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Cleans what shops call text: markup and entities go, white space shrinks, blanks drop out. */
final class ItemTexts {
  private static final Pattern MARKUP = Pattern.compile("<[a-zA-Z/!][^<>]{0,1000}>");

  private ItemTexts() {}

  static List<String> clean(List<String> raw) {
    List<String> texts = new ArrayList<>();
    for (String text : raw) {
      String cleaned = clean(text);
      if (!cleaned.isEmpty()) {
        texts.add(cleaned);
      }
    }
    return texts;
  }

  static String clean(String text) {
    return HtmlEntities.resolve(MARKUP.matcher(text).replaceAll(" "))
        .replaceAll("[\\s\\p{Cntrl}\\u00A0]+", " ")
        .strip();
  }
}
