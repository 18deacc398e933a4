package dev.weft.cuda.ptx;

import java.util.List;

/** Tokens read one after the other. */
final class TokenStream {
  private final List<Lexer.Token> tokens;
  private int at;

  TokenStream(String text) {
    this.tokens = Lexer.tokens(text);
  }

  Lexer.Token peek() {
    return tokens.get(at);
  }

  Lexer.Token take() {
    Lexer.Token token = tokens.get(at);
    at += token.kind() == Lexer.Kind.END ? 0 : 1;
    return token;
  }

  boolean atEnd() {
    return peek().kind() == Lexer.Kind.END;
  }

  int line() {
    return peek().line();
  }

  boolean accept(String text) {
    if (peek().is(text)) {
      at++;
      return true;
    }
    return false;
  }

  void expect(String text) {
    if (!accept(text)) {
      throw error("'" + text + "' expected");
    }
  }

  String word() {
    Lexer.Token token = take();
    if (token.kind() != Lexer.Kind.WORD) {
      throw new PtxException(token.line(), "a name expected before '" + token.text() + "'");
    }
    return token.text();
  }

  /** Whether the word after the next one is a colon: a label. */
  boolean labelAhead() {
    return peek().kind() == Lexer.Kind.WORD && tokens.get(at + 1).is(":");
  }

  int integer() {
    return (int) Literals.integer(take());
  }

  /** Goes on after the next semicolon. */
  void skipStatement() {
    while (!accept(";")) {
      if (atEnd()) {
        throw error("';' expected");
      }
      take();
    }
  }

  PtxException error(String message) {
    return new PtxException(line(), message + " before '" + peek().text() + "'");
  }
}
