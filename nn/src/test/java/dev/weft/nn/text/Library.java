package dev.weft.nn.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The tokenizers library, in Rust, as a witness that shares no line with ours. */
final class Library implements AutoCloseable {
  static {
    // Its Java part would ask the network for a native library, and call home.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty(
        "DJL_CACHE_DIR", Path.of(System.getProperty("java.io.tmpdir"), "weft-witness").toString());
  }

  private final HuggingFaceTokenizer tokenizer;

  /** Of a tokenizer.json; options as DJL names them. */
  Library(Path file, Map<String, String> options) {
    Map<String, String> all = new HashMap<>(Map.of("truncation", "false", "padding", "false"));
    all.putAll(options);
    try {
      tokenizer = HuggingFaceTokenizer.builder(all).optTokenizerPath(file).build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Library(Path file) {
    this(file, Map.of());
  }

  /** What it makes of a text, offsets in UTF-16 units; of a pair where second is not null. */
  Encoding encode(String text, String second, boolean specialTokens) {
    var encoding =
        second == null
            ? tokenizer.encode(text, specialTokens, false)
            : tokenizer.encode(text, second, specialTokens, false);
    int[] ids = ints(encoding.getIds());
    int[] types = ints(encoding.getTypeIds());
    long[] sequences = encoding.getSequenceIds();
    int[] offsets = new int[2 * ids.length];
    var spans = encoding.getCharTokenSpans();
    for (int i = 0; i < ids.length; i++) {
      // Special tokens around the texts have none.
      if (spans[i] != null) {
        String source = sequences[i] == 1 ? second : text;
        offsets[2 * i] = source.offsetByCodePoints(0, spans[i].getStart());
        offsets[2 * i + 1] = source.offsetByCodePoints(0, spans[i].getEnd());
      }
    }
    return new Encoding(ids, types, offsets);
  }

  private static int[] ints(long[] values) {
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = Math.toIntExact(values[i]);
    }
    return ints;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
