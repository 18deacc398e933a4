package dev.weft.nn.text;

import dev.weft.nn.text.EncodingOptions.Side;
import dev.weft.nn.text.EncodingOptions.Truncation;
import java.util.Arrays;

/** Puts encodings together: tokens cut to fit, special tokens around them. */
record Encoder(TextPipeline pipeline, Template template, int maxLength, Side side) {

  Encoding encode(String text) {
    return encode(text, null, EncodingOptions.DEFAULT);
  }

  /** One text, or two where {@code second} is not null. */
  Encoding encode(String text, String second, EncodingOptions options) {
    boolean isPair = second != null;
    TokenSink[] texts = new TokenSink[isPair ? 2 : 1];
    texts[0] = pipeline.tokens(text, options.offsets());
    if (isPair) {
      texts[1] = pipeline.tokens(second, options.offsets());
    }
    Template around = options.specialTokens() ? template : Template.BARE;
    int[] kept = kept(texts, around.specialTokens(isPair), options);
    Side cut = options.side() == null ? side : options.side();
    return assemble(around, texts, kept, cut == Side.LEFT);
  }

  private int[] kept(TokenSink[] texts, int special, EncodingOptions options) {
    int[] kept = new int[texts.length];
    int total = 0;
    for (int i = 0; i < texts.length; i++) {
      kept[i] = texts[i].ids.size();
      total += kept[i];
    }
    int limit = options.maxLength() > 0 ? options.maxLength() : maxLength;
    if (options.truncation() == Truncation.NONE || total + special <= limit) {
      return kept;
    }
    if (limit < special) {
      throw new TokenizerException(
          "encoding: a maximum length of %d has no room for %d special tokens"
              .formatted(limit, special));
    }
    cut(kept, total, limit - special, options.truncation());
    return kept;
  }

  private static void cut(int[] kept, int total, int room, Truncation truncation) {
    if (room == 0) {
      Arrays.fill(kept, 0);
      return;
    }
    if (truncation == Truncation.LONGEST_FIRST) {
      if (kept.length == 1) {
        kept[0] = room;
      } else {
        cutPair(kept, room);
      }
      return;
    }
    int text = truncation == Truncation.ONLY_FIRST ? 0 : 1;
    int excess = total - room;
    // A text that is cut to nothing is refused too, as the library does.
    if (text >= kept.length || kept[text] <= excess) {
      throw new TokenizerException(
          "encoding: %d tokens too many, and the text to be cut (%s) has %d; use LONGEST_FIRST"
              .formatted(excess, truncation, text < kept.length ? kept[text] : 0));
    }
    kept[text] -= excess;
  }

  /** The tokenizers library's rule; an odd token goes to the longer text, else to the second. */
  private static void cutPair(int[] kept, int room) {
    boolean swapped = kept[0] > kept[1];
    int shorter = Math.min(kept[0], kept[1]);
    int longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
    if (shorter + longer > room) {
      shorter = room / 2;
      longer = shorter + room % 2;
    }
    kept[0] = swapped ? longer : shorter;
    kept[1] = swapped ? shorter : longer;
  }

  private static Encoding assemble(Template around, TokenSink[] texts, int[] kept, boolean left) {
    boolean isPair = texts.length == 2;
    int length = around.specialTokens(isPair);
    for (int count : kept) {
      length += count;
    }
    int[] ids = new int[length];
    int[] types = new int[length];
    int[] offsets = texts[0].hasOffsets() ? new int[2 * length] : null;
    int at = 0;
    for (Template.Part part : around.parts(isPair)) {
      int count = part.text() < 0 ? part.ids().length : kept[part.text()];
      if (part.text() < 0) {
        System.arraycopy(part.ids(), 0, ids, at, count);
      } else {
        TokenSink text = texts[part.text()];
        int from = left ? text.ids.size() - count : 0;
        text.ids.copyTo(from, ids, at, count);
        if (offsets != null) {
          text.offsets.copyTo(2 * from, offsets, 2 * at, 2 * count);
        }
      }
      Arrays.fill(types, at, at + count, part.typeId());
      at += count;
    }
    return new Encoding(ids, types, offsets);
  }

  int[] ids(String text) {
    return pipeline.tokens(text, false).ids.toArray();
  }
}
