package dev.weft.nn.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/**
 * Inputs of a megabyte that are as dense as their formats allow: what a fuzzer's short ones do not
 * show is memory that grows with a factor. The factor is {@link Guard}'s.
 */
class LargeInputsTest {
  private static final int ENTRIES = 150_000;

  private static byte[] bytes(int mark, String text) {
    byte[] content = text.getBytes(UTF_8);
    byte[] marked = new byte[content.length + 1];
    marked[0] = (byte) mark;
    System.arraycopy(content, 0, marked, 1, content.length);
    return marked;
  }

  private static String many(int count, String separator, IntFunction<String> entry) {
    return IntStream.range(0, count).mapToObj(entry).collect(Collectors.joining(separator));
  }

  /** A short token of its own for each number. */
  private static String token(int i) {
    return Integer.toString(i, 36);
  }

  private static void tokenizerFile(String name, String content) throws IOException {
    FuzzTokenizerFiles.fuzzerTestOneInput(bytes(FuzzTokenizerFiles.FILES.indexOf(name), content));
  }

  @Test
  void vocabularies() throws IOException {
    String special = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
    tokenizerFile("bert/vocab.txt", special + many(ENTRIES, "\n", LargeInputsTest::token));
    String ids = many(ENTRIES, ",", i -> "\"" + token(i) + "\":" + i);
    tokenizerFile("clip/vocab.json", "{" + ids + "}");
    tokenizerFile(
        "bert/tokenizer.json",
        "{\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"0\",\"vocab\":{" + ids + "}}}");
    String merges = many(ENTRIES, "\n", i -> token(i) + " a");
    tokenizerFile("clip/merges.txt", merges);
    tokenizerFile("bert/added_tokens.json", "{" + ids + "}");
  }

  @Test
  void jsonOfManyValues() {
    for (String value : new String[] {"{}", "[]", "11", "\"\"", "1e9", "{\"\":[{}]}"}) {
      String values = "{\"a\":[" + many(ENTRIES, ",", i -> value) + "]}";
      for (int file = 0; file < 3; file++) {
        FuzzConfigs.fuzzerTestOneInput(bytes(file, values));
      }
    }
  }

  @Test
  void headersAndIndexes() {
    String tensors =
        many(
            ENTRIES / 10,
            ",",
            i -> "\"" + i + "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
    byte[] header = ("{" + tensors + "}").getBytes(UTF_8);
    byte[] file = new byte[8 + header.length];
    for (int i = 0; i < 8; i++) {
      file[i] = (byte) ((long) header.length >>> (8 * i));
    }
    System.arraycopy(header, 0, file, 8, header.length);
    FuzzCheckpoints.fuzzerTestOneInput(file);
    String map = many(ENTRIES / 10, ",", i -> "\"" + i + "\":\"a.safetensors\"");
    FuzzShards.fuzzerTestOneInput(("{\"weight_map\":{" + map + "}}").getBytes(UTF_8));
  }

  /** Opcodes of one byte each: empty tuples, lists, dicts, marks. */
  @Test
  void pickles() {
    for (char opcode : new char[] {')', ']', '}', '(', 'N', '2'}) {
      byte[] program =
          ("\u0080\u0002}" + String.valueOf(opcode).repeat(ENTRIES) + ".").getBytes(ISO_8859_1);
      FuzzCheckpoints.fuzzerTestOneInput(program);
    }
  }

  @Test
  void texts() {
    for (String unit :
        new String[] {
          "a", "a ", "\u4E2D", "\u0301", "!", "&amp;", "\uFDFA", "\uD83D\uDE00", "\n"
        }) {
      FuzzTexts.fuzzerTestOneInput(bytes(0, unit.repeat(ENTRIES / unit.length())));
    }
  }

  /** A thousandth of its content: what is in it counts against the file's size all the same. */
  @Test
  void compressedMerges() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(FuzzTokenizerFiles.FILES.indexOf("clip-archive/bpe_simple_vocab_16e6.txt.gz"));
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(new byte[64 << 20]);
    }
    FuzzTokenizerFiles.fuzzerTestOneInput(out.toByteArray());
  }
}
