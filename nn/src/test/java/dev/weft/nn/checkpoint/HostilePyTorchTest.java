package dev.weft.nn.checkpoint;

import static dev.weft.nn.checkpoint.Pickle.floats;
import static dev.weft.nn.checkpoint.Pickle.legacy;
import static dev.weft.nn.checkpoint.Pickle.start;
import static dev.weft.nn.checkpoint.Pickle.state;
import static dev.weft.nn.checkpoint.Pickle.zip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.nn.TestFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that lie, and pickles that want to do more than hold data. */
class HostilePyTorchTest {
  private static final long[] TWO = {2};

  @TempDir Path folder;

  @Test
  void theWritersOfThisTestWriteGoodFiles() throws IOException {
    byte[] pickle = state(3, 1, TWO, 1);
    for (byte[] file : new byte[][] {zip(pickle, floats(1, 2, 3)), legacy(pickle, true, 1, 2, 3)}) {
      try (Checkpoint checkpoint = PyTorch.open(write(file))) {
        assertArrayEquals(new float[] {2, 3}, checkpoint.load("w").toFloats());
      }
    }
  }

  /** Each would run something in Python's own reader. */
  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "builtins, eval",
    "__builtin__, exec",
    "builtins, getattr",
    "subprocess, Popen",
    "torch.hub, load",
    "torch, load",
    "torch.storage, _load_from_bytes",
    "numpy.core.multiarray, _reconstruct",
    "__torch__.a, B",
    "__main__, Net",
    "torch._utils, _rebuild_qtensor",
    "collections, OrderedDict.fromkeys",
  })
  void functionsAreRefusedByName(String module, String name) throws IOException {
    byte[] called = start().global(module, name).text("touch owned").raw(0x85).op("R").stop();
    byte[] stacked = start().text(module).text(name).raw(0x93).op(")").raw(0x81).stop();
    for (byte[] pickle : new byte[][] {called, stacked}) {
      String reason = "asks for '" + module + "." + name + "'";
      assertRefused(zip(pickle, new byte[0]), reason);
      assertRefused(zip(pickle, new byte[0]), "nothing was run");
      assertRefused(legacy(pickle, true), reason);
    }
  }

  /** The known functions called with what they do not expect. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "torch._utils _rebuild_tensor_v2",
        "torch._utils _rebuild_tensor_v3",
        "torch._utils _rebuild_parameter",
        "torch._tensor _rebuild_from_type_v2",
        "torch.nn.parameter Parameter",
        "torch Tensor",
        "torch FloatStorage",
        "torch float32",
        "torch Size",
        "torch device",
        "collections OrderedDict",
        "collections defaultdict",
        "builtins set",
        "_codecs encode",
      })
  void knownFunctionsWithOtherArguments(String function) throws IOException {
    String[] parts = function.split(" ", 2);
    for (String arguments :
        new String[] {
          ")", "N\u0085", "]\u0085", "}\u0085", "K\u0001K\u0001\u0086", "((tttt", "N"
        }) {
      byte[] pickle = start().global(parts[0], parts[1]).op(arguments + "R").stop();
      opensOrIsRefused(zip(pickle, new byte[0]));
    }
  }

  private void opensOrIsRefused(byte[] content) throws IOException {
    try (Checkpoint checkpoint = PyTorch.open(write(content))) {
      checkpoint.tensors().keySet().forEach(checkpoint::load);
    } catch (CheckpointException e) {
      assertOneLine(e.getMessage());
    }
  }

  @Test
  void aTensorThatContainsItself() throws IOException {
    // arguments = [function, type, arguments, None] as a list that holds itself.
    byte[] pickle =
        start()
            .global("torch._tensor", "_rebuild_from_type_v2")
            .op("q\0]q\u0001h\0aNah\u0001aNaR")
            .stop();
    assertRefused(zip(pickle, new byte[0]), "a tensor inside a tensor");
  }

  @Test
  void pilesOfValues() throws IOException {
    byte[] deep = new byte[1_000_000];
    Arrays.fill(deep, (byte) ']');
    assertRefused(zip(wrapped(deep, "."), new byte[0]), "more than one value");
    byte[] many = new byte[3_000_000];
    Arrays.fill(many, (byte) ']');
    assertRefused(zip(wrapped(many, "."), new byte[0]), "more than 2000000 values");
    byte[] nested = new byte[2_000_000];
    Arrays.fill(nested, 0, 1_000_000, (byte) ']');
    Arrays.fill(nested, 1_000_000, 2_000_000, (byte) 'a');
    assertRefused(zip(wrapped(nested, "."), new byte[0]), "takes a value where there is none");
    // A list of two lists of two lists … would be 2^200 values if anybody unrolled it.
    StringBuilder doubled = new StringBuilder("]q\0" + "0");
    for (int i = 0; i < 200; i++) {
      doubled.append("(h").append((char) i).append("h").append((char) i).append("lq");
      doubled.append((char) (i + 1)).append('0');
    }
    byte[] laughs = doubled.toString().getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(zip(wrapped(laughs, "h\u00c8."), new byte[0]), "holds no dict of tensors");
    byte[] asKey = start().op("}]q\0h\0aNs").stop();
    assertRefused(zip(asKey, new byte[0]), "neither text nor number");
  }

  private static byte[] wrapped(byte[] opcodes, String end) {
    byte[] pickle = new byte[2 + opcodes.length + end.length()];
    pickle[0] = (byte) 0x80;
    pickle[1] = 2;
    System.arraycopy(opcodes, 0, pickle, 2, opcodes.length);
    byte[] tail = end.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(tail, 0, pickle, 2 + opcodes.length, tail.length);
    return pickle;
  }

  @Test
  void opcodesThatCannotBe() throws IOException {
    String[][] cases = {
      {"q", "takes a value where"},
      {"h\u0001", "refers to value 1"},
      {"K", "truncated"},
      {"X\u00ff\u00ff\u00ff\u00ff", "truncated"},
      {"\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u000f", "truncated"},
      {"\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u000f", "truncated"},
      {"\u008b\u00ff\u00ff\u00ff\u007f", "a whole number of 2147483647 bytes"},
      {"\u008b\u00ff\u00ff\u00ff\u00ff", "a whole number of -1 bytes"},
      {"T\u00ff\u00ff\u00ff\u00ff", "truncated"},
      {"t", "up to a mark"},
      {"}K\u0001Ns(K\u0001u", "a key without a value"},
      {"NNNs", "no dict"},
      {"NNa", "no list"},
      {"NNb", "sets the fields"},
      {"N)R", "calls what is no function"},
      {"N)\u0081", "what is no class"},
      {"NQ", "a storage"},
      {"Pid\n", "opcode 0x50"},
      {"i__main__\nX\n", "opcode 0x69"},
      {"\u0082\u0001", "opcode 0x82"},
      {"\u0080\u0009", "protocol 9"},
      {"U\u0002\u00c3(", "not UTF-8"},
    };
    for (String[] opcodesAndReason : cases) {
      byte[] opcodes = opcodesAndReason[0].getBytes(StandardCharsets.ISO_8859_1);
      assertRefused(zip(wrapped(opcodes, "."), new byte[0]), opcodesAndReason[1]);
      assertRefused(legacy(wrapped(opcodes, "."), true), "");
    }
  }

  @Test
  void tensorsOutsideTheirStorage() throws IOException {
    byte[] three = floats(1, 2, 3);
    assertRefused(zip(state(3, 2, TWO, 1), three), "[2] at 2 with these strides exceeds");
    assertRefused(zip(state(3, 0, TWO, 3), three), "exceeds its storage of 3 elements");
    assertRefused(zip(state(3, -1, TWO, 1), three), "exceeds");
    assertRefused(zip(state(3, 0, TWO, -1), three), "no whole numbers");
    assertRefused(zip(state(3, 0, new long[] {-2}, 1), three), "no whole numbers");
    assertRefused(zip(state(3, 0, TWO), three), "1 extents and 0 strides");
    assertRefused(zip(state(4, 0, TWO, 1), three), "exceeds the 3 of the file");
    assertRefused(zip(state(1L << 60, 0, TWO, 1), three), "exceeds the 3 of the file");
    assertRefused(zip(state(-1, 0, TWO, 1), three), "exceeds the 3 of the file");
    assertRefused(zip(state(3, Long.MAX_VALUE, TWO, 1), three), "exceeds");
    assertRefused(zip(state(3, 0, TWO, Long.MAX_VALUE), three), "exceeds");
    assertRefused(zip(state(3, 0, new long[] {1L << 60}, 0), three), "too large");
    assertRefused(zip(state(3, 0, new long[] {1 << 20, 1 << 20}, 0, 0), three), "2^31 - 1");
    assertRefused(zip(state(3, 0, new long[] {1 << 30}, 0), three), "repeats the 3 elements");
    assertRefused(zip(Map.of("a/data.pkl", state(3, 0, TWO, 1)), 0), "holds no 'a/data/0'");
    assertRefused(legacy(state(4, 0, TWO, 1), true, 1, 2, 3), "has 3 elements, its tensors say 4");
    long huge = 1L << 60;
    assertRefused(withLength(legacy(state(huge, 0, TWO, 1), true), huge), "truncated");
    assertRefused(withLength(legacy(state(-4, 0, TWO, 1), true), -4), "truncated");
  }

  /** An old file without elements that claims so many of them. */
  private static byte[] withLength(byte[] legacy, long length) {
    ByteBuffer bytes = ByteBuffer.wrap(legacy).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putLong(legacy.length - Long.BYTES, length).array();
  }

  @Test
  void otherMachinesAndTypes() throws IOException {
    byte[] pickle = state(2, 0, TWO, 1);
    assertRefused(legacy(pickle, false, 1, 2), "big-endian");
    Map<String, byte[]> files = new TreeMap<>();
    files.put("a/data.pkl", pickle);
    files.put("a/data/0", floats(1, 2));
    files.put("a/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
    assertRefused(zip(files, ZipEntry.STORED), "big-endian");
    byte[] complex = start().op("}").text("w").storage("ComplexFloatStorage", 2).op("s").stop();
    assertRefused(zip(complex, new byte[16]), "'torch.ComplexFloatStorage'");
    byte[] half = start().global("torch", "float8_e5m2").stop();
    assertRefused(zip(half, new byte[0]), "'torch.float8_e5m2'");
  }

  /** A megabyte of zeros is a kilobyte in a compressed zip, and a terabyte not much more. */
  @Test
  void compressedFiles() throws IOException {
    byte[] pickle = state(1 << 18, 0, TWO, 1);
    Map<String, byte[]> files = Map.of("a/data.pkl", pickle, "a/data/0", new byte[1 << 20]);
    assertRefused(zip(files, ZipEntry.DEFLATED), "is compressed");
  }

  @Test
  void zipsThatAreNotTorchs() throws IOException {
    assertRefused(zip(Map.of("x", new byte[3]), ZipEntry.STORED), "no data.pkl");
    Map<String, byte[]> two = Map.of("a/data.pkl", new byte[1], "b/data.pkl", new byte[1]);
    assertRefused(zip(two, ZipEntry.STORED), "no data.pkl");
    assertRefused(new byte[0], "not a file by torch.save");
    assertRefused(new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 0, 0}, "truncated");
    assertRefused("<html>".getBytes(StandardCharsets.US_ASCII), "not a file by torch.save");
    assertRefused(start().text("some pickle").stop(), "a pickle, but not by torch.save");
    byte[] nothing = start().op("}").text("a").raw(0x88).op("s").stop();
    assertRefused(zip(nothing, new byte[0]), "holds no tensors but a dict of 'a'");
    assertRefused(zip(start().op("]").stop(), new byte[0]), "holds no dict of tensors");
  }

  /** Ten bytes at the end that put the directory at 2^60, in the words of zip64. */
  @Test
  void directoriesFarAway() throws IOException {
    ByteBuffer zip = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
    zip.putInt(0x04034b50);
    zip.position(50).putInt(0x06064b50);
    zip.putLong(50 + 40, 1L << 60).putLong(50 + 48, 1L << 60);
    zip.putInt(158, 0x07064b50).putLong(158 + 8, 50);
    zip.putInt(178, 0x06054b50).putInt(178 + 12, -1).putInt(178 + 16, -1);
    assertRefused(zip.array(), "truncated: 1152921504606846976 bytes at byte 1152921504606846976");
    zip.putLong(158 + 8, -1);
    assertRefused(zip.array(), "truncated: 56 bytes at byte 18446744073709551615");
  }

  /** The elements of a file of over 4 GiB lie behind offsets that only zip64 can hold. */
  @Test
  void largeZips() throws IOException {
    byte[] pickle = state((1L << 30) + 2, 1L << 30, TWO, 1);
    Path file = folder.resolve("large.pt");
    LargeZip.write(file, pickle, (1L << 32) + 8, floats(1.5f, 2.5f));
    assertTrue(Files.size(file) > 1L << 32);
    try (Checkpoint checkpoint = PyTorch.open(file)) {
      assertArrayEquals(new float[] {1.5f, 2.5f}, checkpoint.load("w").toFloats());
    }
  }

  /** A good file cut anywhere or with any byte changed opens or is refused; it never crashes. */
  @ParameterizedTest
  @ValueSource(strings = {"state.pt", "state-legacy.pt", "nested.pt", "traced.pt"})
  void damagedFiles(String name) throws IOException {
    byte[] whole = Files.readAllBytes(TestFiles.resource("torch/" + name));
    for (int length = 0; length < whole.length; length += 1 + length / 30) {
      assertRefused(Arrays.copyOf(whole, length), "");
    }
    Random random = new Random(5);
    for (int i = 0; i < 300; i++) {
      byte[] changed = whole.clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      }
      opensOrIsRefused(changed);
    }
  }

  @Test
  void aFileThatShrinksWhileOpenIsAnErrorAndNotACrash() throws IOException {
    Path file = write(zip(state(1 << 20, 0, new long[] {1 << 20}, 1), new byte[1 << 22]));
    try (Checkpoint checkpoint = PyTorch.open(file);
        RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
      writer.setLength(64);
      assertThrows(CheckpointException.class, () -> checkpoint.load("w"));
    }
  }

  private void assertRefused(byte[] content, String reason) throws IOException {
    Path file = write(content);
    CheckpointException e =
        assertThrows(CheckpointException.class, () -> PyTorch.open(file).close());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    assertOneLine(e.getMessage());
  }

  private static void assertOneLine(String message) {
    assertEquals(1, message.lines().count(), message);
  }

  private Path write(byte[] content) throws IOException {
    return Files.write(folder.resolve("hostile.pt"), content);
  }
}
