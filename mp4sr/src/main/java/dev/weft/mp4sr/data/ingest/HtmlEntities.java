package dev.weft.mp4sr.data.ingest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Character references of HTML (HTML 4.01, section 24): numeric ones, all names of Latin 1, and the
 * signs that shops use. What is none stays as it is.
 */
final class HtmlEntities {
  private static final Pattern REFERENCE =
      Pattern.compile("&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z][a-zA-Z0-9]{1,7}));");

  /** The names of U+00A0 to U+00FF in their order. */
  private static final String LATIN_1 =
      "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn"
          + " sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest"
          + " Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave"
          + " Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave"
          + " Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig"
          + " ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute"
          + " ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

  private static final Map<String, Integer> NAMES = names();

  private HtmlEntities() {}

  private static Map<String, Integer> names() {
    Map<String, Integer> names =
        new HashMap<>(
            Map.of(
                "quot", 0x22, "amp", 0x26, "apos", 0x27, "lt", 0x3C, "gt", 0x3E, "trade", 0x2122,
                "euro", 0x20AC, "hellip", 0x2026, "bull", 0x2022));
    names.putAll(
        Map.of(
            "ndash", 0x2013, "mdash", 0x2014, "lsquo", 0x2018, "rsquo", 0x2019, "ldquo", 0x201C,
            "rdquo", 0x201D, "OElig", 0x152, "oelig", 0x153, "le", 0x2264, "ge", 0x2265));
    int code = 0xA0;
    for (String name : List.of(LATIN_1.split(" "))) {
      names.put(name, code++);
    }
    return names;
  }

  /** Resolves references, and once more what that leaves: shops escape twice. */
  static String resolve(String text) {
    return text.indexOf('&') < 0 ? text : once(once(text));
  }

  private static String once(String text) {
    Matcher matcher = REFERENCE.matcher(text);
    StringBuilder result = new StringBuilder();
    while (matcher.find()) {
      int code = code(matcher);
      matcher.appendReplacement(
          result, Matcher.quoteReplacement(code < 0 ? matcher.group() : Character.toString(code)));
    }
    return matcher.appendTail(result).toString();
  }

  /** The character, or -1 where there is none. */
  private static int code(Matcher matcher) {
    if (matcher.group(3) != null) {
      return NAMES.getOrDefault(matcher.group(3), -1);
    }
    int code =
        matcher.group(1) != null
            ? Integer.parseInt(matcher.group(1))
            : Integer.parseInt(matcher.group(2), 16);
    boolean isCharacter =
        Character.isValidCodePoint(code) && code > 0 && !(code >= 0xD800 && code <= 0xDFFF);
    return isCharacter ? code : -1;
  }
}
