package dev.weft.nn.text;

import java.util.Random;

/** Texts that nobody would write, and everybody's texts hold parts of: the same for each seed. */
final class RandomTexts {
  private static final int[][] BLOCKS = {
    {0x00, 0x7F},
    {0x80, 0xFF},
    {0x100, 0x24F},
    {0x300, 0x36F},
    {0x370, 0x3FF},
    {0x400, 0x4FF},
    {0x590, 0x5FF},
    {0x600, 0x6FF},
    {0x900, 0x97F},
    {0xE00, 0xE7F},
    {0x1100, 0x11FF},
    {0x1E00, 0x1FFF},
    {0x2000, 0x206F},
    {0x2070, 0x218F},
    {0x2460, 0x24FF},
    {0x3000, 0x30FF},
    {0x3400, 0x3420},
    {0x4E00, 0x4F00},
    {0xAC00, 0xAD00},
    {0xE000, 0xE010},
    {0xF900, 0xFAFF},
    {0xFE00, 0xFE6F},
    {0xFF00, 0xFFFF},
    {0x1D100, 0x1D1FF},
    {0x1D400, 0x1D7FF},
    {0x1F300, 0x1F6FF},
    {0x1F900, 0x1F9FF},
    {0x20000, 0x20100},
    {0x2B740, 0x2B9FF},
    {0xE0000, 0xE01EF}
  };

  private static final String[] PHRASES = {
    "the ",
    "running shoes",
    "Café",
    "naïve",
    " don't",
    "WE'RE",
    "'ll",
    "İstanbul",
    "ΟΔΟΣ",
    "Σ'Α",
    "日本語",
    "한국어",
    "עברית",
    "العربية",
    "हिन्दी",
    "👩‍👩‍👧",
    "🇩🇪",
    "é",
    "ﬁ",
    "½",
    "Ⅷ",
    "①",
    "...",
    "!!!",
    "$19.99",
    "10.5",
    "\u00A0",
    "\u200B",
    "\u3000",
    "\u2028",
    "\t",
    "\n",
    "\r\n",
    "\u0000",
    "\uFFFD",
    "\u00AD",
    "&amp;",
    "&lt;b&gt;",
    "&amp;amp;",
    "&#39;",
    "&nbsp;",
    "[MASK]",
    "[SEP].",
    "[mask]",
    "a[CLS]b",
    "<|endoftext|>",
    "<|ENDOFTEXT|>",
    "!<|startoftext|>x",
    "</w>",
    "##ing",
    "_",
    "x".repeat(120),
    "İ",
    "ß",
    "ẞ",
    "A\u030A",
    "\u0301\u0301",
    "e\u0323\u0302",
    "ﷺ",
    "\u0345",
    "Å",
    "Ω",
    "\uFEFF",
    "\u0085"
  };

  private final Random random;

  RandomTexts(long seed) {
    random = new Random(seed);
  }

  /** The next text, of characters of all kinds, without lone surrogates. */
  String next() {
    StringBuilder text = new StringBuilder();
    int parts = random.nextInt(14);
    for (int i = 0; i < parts; i++) {
      switch (random.nextInt(5)) {
        case 0 -> text.append(PHRASES[random.nextInt(PHRASES.length)]);
        case 1 -> appendBlock(text);
        case 2 -> text.append(ascii());
        case 3 -> text.append(' ');
        default -> text.append(random.nextInt(8) == 0 ? anywhere() : ascii());
      }
    }
    return text.toString();
  }

  private void appendBlock(StringBuilder text) {
    int[] block = BLOCKS[random.nextInt(BLOCKS.length)];
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      text.appendCodePoint(block[0] + random.nextInt(block[1] - block[0] + 1));
    }
  }

  private String ascii() {
    StringBuilder word = new StringBuilder();
    for (int n = 1 + random.nextInt(7); n > 0; n--) {
      word.append((char) ((random.nextInt(5) == 0 ? 'A' : 'a') + random.nextInt(26)));
    }
    return word.toString();
  }

  /** A character of any plane. */
  private String anywhere() {
    int c = random.nextInt(0x110000 - 0x800);
    return Character.toString(c < 0xD800 ? c : c + 0x800);
  }
}
