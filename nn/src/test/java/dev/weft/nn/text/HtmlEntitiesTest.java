package dev.weft.nn.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Against what Python's html.unescape, which the published CLIP tokenizer calls, answers. */
class HtmlEntitiesTest {
  private static final String[][] CASES = {
    {"&amp;", "&"},
    {"&lt;b&gt;", "<b>"},
    {"&#39;", "'"},
    {"&#x27;x", "'x"},
    {"&#X27", "'"},
    {"&eacute", "\u00E9"},
    {"&eacute;", "\u00E9"},
    {"&notit;", "\u00ACit;"},
    {"&notin;", "\u2209"},
    {"&no", "&no"},
    {"&unknown;", "&unknown;"},
    {"&", "&"},
    {"& amp;", "& amp;"},
    {"&&amp;", "&&"},
    {"&#0;", "\uFFFD"},
    {"&#128;", "\u20AC"},
    {"&#129;", "\u0081"},
    {"&#150;", "\u2013"},
    {"&#xD800;", "\uFFFD"},
    {"&#1114112;", "\uFFFD"},
    {"&#11;", ""},
    {"&#13;", "\r"},
    {"&#65534;", ""},
    {"&#127;", ""},
    {"&#9;", "\t"},
    {"&ampx", "&x"},
    {"&AMP;lt;", "&lt;"},
    {"&CounterClockwiseContourIntegral;", "\u2233"},
    {"&NotEqualTilde;", "\u2242\u0338"},
    {"&#", "&#"},
    {"&#x", "&#x"},
    {"&#;", "&#;"},
    {"&#xg;", "&#xg;"},
    {"&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;", "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;"},
    {"&gt&lt", "><"},
    {"&sup2;", "\u00B2"},
    {"&frac12", "\u00BD"},
    {"&fjlig;", "fj"},
    {"&#99999999999999999999;", "\uFFFD"},
    {"&quot;x&quot", "\"x\""},
    {"a&nbsp;b", "a\u00A0b"}
  };

  @Test
  void replacesAsPython() {
    for (String[] pair : CASES) {
      assertEquals(pair[1], unescape(pair[0]), pair[0]);
      assertEquals("x " + pair[1] + " y", unescape("x " + pair[0] + " y"), pair[0]);
    }
  }

  private static String unescape(String text) {
    return HtmlEntities.unescape(AlignedText.of(text, 0, text.length(), true)).toString();
  }
}
