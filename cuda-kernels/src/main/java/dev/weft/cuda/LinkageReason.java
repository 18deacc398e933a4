package dev.weft.cuda;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns what the dynamic linker says about a missing native library into a sentence. */
final class LinkageReason {
  private static final Pattern MISSING =
      Pattern.compile("(\\S+?\\.(?:so[.\\d]*|dll|dylib)): cannot open shared object");
  private static final Pattern NO_BRIDGE =
      Pattern.compile("No resource found with name '[^']*?([^/']+)'");

  private LinkageReason() {}

  /** One line: what was looked for, what is missing, and the way out. */
  static String of(String library, Throwable failure) {
    String text = wholeMessage(failure);
    Matcher missing = MISSING.matcher(text);
    if (missing.find()) {
      return library + " is not installed: " + missing.group(1) + " was not found";
    }
    Matcher bridge = NO_BRIDGE.matcher(text);
    if (bridge.find()) {
      return library + " cannot be asked: this platform has no JCuda library " + bridge.group(1);
    }
    return library + " cannot be asked: " + firstLine(text);
  }

  private static String wholeMessage(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      text.append(cause).append('\n');
    }
    return text.toString();
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("").strip();
  }
}
