package dev.weft.cuda.ptx;

import java.util.ArrayList;
import java.util.List;

/** Cuts PTX text into words, numbers, strings and signs. */
final class Lexer {

  enum Kind {
    /** An identifier, directive, register or opcode with its modifiers, dots included. */
    WORD,
    NUMBER,
    STRING,
    /** One character. */
    SIGN,
    END
  }

  record Token(Kind kind, String text, int line) {
    boolean is(String expected) {
      return kind != Kind.STRING && text.equals(expected);
    }
  }

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;

  private Lexer(String text) {
    this.text = text;
  }

  static List<Token> tokens(String text) {
    Lexer lexer = new Lexer(text);
    while (lexer.next()) {}
    lexer.tokens.add(new Token(Kind.END, "end of text", lexer.line));
    return lexer.tokens;
  }

  private boolean next() {
    skipBlanksAndComments();
    if (at == text.length()) {
      return false;
    }
    char c = text.charAt(at);
    int start = at;
    if (c == '"') {
      string();
    } else if (Character.isDigit(c)) {
      scan(Kind.NUMBER, start);
    } else if (isWord(c)) {
      scan(Kind.WORD, start);
    } else {
      at++;
      tokens.add(new Token(Kind.SIGN, String.valueOf(c), line));
    }
    return true;
  }

  private void scan(Kind kind, int start) {
    while (at < text.length() && (isWord(text.charAt(at)) || isColons())) {
      at++;
    }
    tokens.add(new Token(kind, text.substring(start, at), line));
  }

  /** Two colons are part of a modifier ({@code .L2::128B}), one ends a label. */
  private boolean isColons() {
    if (text.startsWith("::", at)) {
      at++;
      return true;
    }
    return false;
  }

  private static boolean isWord(char c) {
    return c == '.' || c == '_' || c == '$' || c == '%' || Character.isLetterOrDigit(c);
  }

  private void string() {
    int end = text.indexOf('"', at + 1);
    if (end < 0) {
      throw new PtxException(line, "a string that does not end");
    }
    tokens.add(new Token(Kind.STRING, text.substring(at + 1, end), line));
    at = end + 1;
  }

  private void skipBlanksAndComments() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        skipBlockComment();
      } else if (Character.isWhitespace(c)) {
        line += c == '\n' ? 1 : 0;
        at++;
      } else {
        return;
      }
    }
  }

  private void skipBlockComment() {
    int end = text.indexOf("*/", at + 2);
    if (end < 0) {
      throw new PtxException(line, "a comment that does not end");
    }
    line += (int) text.substring(at, end).chars().filter(c -> c == '\n').count();
    at = end + 2;
  }
}
