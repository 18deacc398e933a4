package dev.weft.nn.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Against what Python's str.lower, which the published tokenizers call, answers. */
class LowerCaseTest {
  private static final String[][] CASES = {
    {"\u0391\u03A3", "\u03B1\u03C2"},
    {"\u0391\u03A3.'T", "\u03B1\u03C3.'t"},
    {"\u0391\u03A3. \u0391", "\u03B1\u03C2. \u03B1"},
    {"\u03A3", "\u03C3"},
    {"\u0391\u03A3\u0391", "\u03B1\u03C3\u03B1"},
    {"\u0391\u0301\u03A3\u0301", "\u03B1\u0301\u03C2\u0301"},
    {"\u0391.\u03A3", "\u03B1.\u03C2"},
    {"'\u03A3", "'\u03C3"},
    {"\u0391\u03A3:", "\u03B1\u03C2:"},
    {"\u0391\u03A3:\u0391", "\u03B1\u03C3:\u03B1"},
    {"1\u03A3", "1\u03C3"},
    {"\u0391\u03A31", "\u03B1\u03C21"},
    {"\u02B0\u03A3", "\u02B0\u03C3"},
    {"a\u03A3\uD83C\uDD42", "a\u03C3\uD83C\uDD42"},
    {"a\u03A3\u00ADb", "a\u03C3\u00ADb"},
    {"\u0130\u03A3", "i\u0307\u03C2"},
    {"\u0391\u03A3\u03A3 \u03A3\u0391", "\u03B1\u03C3\u03C2 \u03C3\u03B1"},
    {"STRASSE \u1E9E \u01C5 \u2160", "strasse \u00DF \u01C6 \u2170"},
  };

  @Test
  void lowersAsPython() {
    for (String[] pair : CASES) {
      assertEquals(
          pair[1],
          LowerCase.original(AlignedText.of(pair[0], 0, pair[0].length(), false)).toString(),
          pair[0]);
    }
  }
}
