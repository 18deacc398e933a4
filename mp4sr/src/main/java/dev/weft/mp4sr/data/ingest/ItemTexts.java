package dev.weft.mp4sr.data.ingest;

import java.util.ArrayList;
import java.util.List;

/** Cleans what shops call text: markup and entities go, white space shrinks, blanks drop out. */
final class ItemTexts {
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
    return text.replaceAll("<[a-zA-Z/!][^<>]{0,1000}>", " ")
        .replace("&nbsp;", " ")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .replaceAll("[\\s\\p{Cntrl}\\u00A0]+", " ")
        .strip();
  }
}
