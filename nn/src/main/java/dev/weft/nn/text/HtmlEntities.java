package dev.weft.nn.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Character references, by name or by number, replaced by what they stand for (HTML Standard,
 * section 13.2.5.72 on). Shop texts are full of them.
 */
final class HtmlEntities {
  private static final String TABLE = "html-entities.txt";

  /** An ampersand and all that may belong to it. */
  private static final Pattern REFERENCE =
      Pattern.compile("&(?:#([0-9]++);?|#[xX]([0-9a-fA-F]++);?|([^\\t\\n\\f <&#;]{1,32}+;?))");

  /** What the numbers 0x80 to 0x9F mean: they were written by authors who thought of this. */
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  private static final Map<String, String> NAMED = readTable();

  private HtmlEntities() {}

  static AlignedText unescape(AlignedText text) {
    Matcher matcher = REFERENCE.matcher(text);
    if (!matcher.find()) {
      return text;
    }
    AlignedText result = text.fresh();
    int done = 0;
    do {
      result.appendAll(text, done, matcher.start());
      Normalizations.appendChanged(
          text, matcher.start(), matcher.end(), replacement(matcher), result);
      done = matcher.end();
    } while (matcher.find());
    result.appendAll(text, done, text.length());
    return result;
  }

  private static String replacement(MatchResult match) {
    if (match.group(1) != null) {
      return numbered(match.group(1), 10);
    }
    if (match.group(2) != null) {
      return numbered(match.group(2), 16);
    }
    return named(match.group(3));
  }

  /** The longest beginning that is a name; some names need no semicolon. */
  private static String named(String name) {
    for (int length = name.length(); length > 1; length--) {
      String value = NAMED.get(name.substring(0, length));
      if (value != null) {
        return value + name.substring(length);
      }
    }
    return "&" + name;
  }

  private static String numbered(String digits, int radix) {
    int c = codePoint(digits, radix);
    if (c == 0 || c > Character.MAX_CODE_POINT || (c >= 0xD800 && c <= 0xDFFF)) {
      return "\uFFFD";
    }
    if (c >= 0x80 && c <= 0x9F) {
      String meant = new String(new byte[] {(byte) c}, WINDOWS_1252);
      return meant.equals("\uFFFD") ? Character.toString(c) : meant;
    }
    return isInvalid(c) ? "" : Character.toString(c);
  }

  /** The number, or one beyond Unicode where there are too many digits. */
  private static int codePoint(String digits, int radix) {
    int value = 0;
    for (int i = 0; i < digits.length() && value <= Character.MAX_CODE_POINT; i++) {
      value = value * radix + Character.digit(digits.charAt(i), radix);
    }
    return value;
  }

  /** Controls other than spaces, and code points that Unicode keeps for no character. */
  private static boolean isInvalid(int c) {
    boolean control = c < 0x20 && !(c == '\t' || c == '\n' || c == '\f' || c == '\r');
    return control || c == 0x7F || (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
  }

  private static Map<String, String> readTable() {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                HtmlEntities.class.getResourceAsStream(TABLE), StandardCharsets.US_ASCII))) {
      Map<String, String> table = new HashMap<>();
      lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> addEntry(line, table));
      return table;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addEntry(String line, Map<String, String> table) {
    String[] parts = line.split(" ", -1);
    StringBuilder value = new StringBuilder();
    for (int i = 1; i < parts.length; i++) {
      value.appendCodePoint(Integer.parseInt(parts[i], 16));
    }
    table.put(parts[0], value.toString());
  }
}
