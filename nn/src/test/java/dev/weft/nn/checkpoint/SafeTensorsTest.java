package dev.weft.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.HeapStorage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading and writing, each against bytes laid out by hand from the format's description. */
class SafeTensorsTest {
  @TempDir Path folder;

  @Test
  void readsAHandMadeFile() throws IOException {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[3,19]},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}} ";
    ByteBuffer data = ByteBuffer.allocate(19).order(ByteOrder.LITTLE_ENDIAN);
    data.put(new byte[] {1, 2, (byte) 255});
    data.putFloat(1.5f).putFloat(-2f).putFloat(Float.NaN).putFloat(1e-40f);

    try (Checkpoint checkpoint = SafeTensors.open(file(header, data.array()))) {
      assertEquals(Map.of("format", "pt"), checkpoint.metadata());
      assertEquals(List.of("b", "a"), List.copyOf(checkpoint.tensors().keySet()));
      assertEquals(new TensorInfo(DType.F32, Shape.of(2, 2)), checkpoint.tensors().get("b"));
      // Not aligned to four bytes, which the format allows.
      assertArrayEquals(
          new float[] {1.5f, -2f, Float.NaN, 1e-40f}, checkpoint.load("b").toFloats());
      assertArrayEquals(new int[] {1, 2, 255}, checkpoint.load("a").toInts());
    }
  }

  @Test
  void writesTheBytesOfTheFormat() throws IOException {
    Path file = folder.resolve("out.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("bytes", Tensor.of(new boolean[] {true, false, true}));
    tensors.put("wide", Tensor.of(new long[] {-1}));

    SafeTensors.write(file, tensors, Map.of("k", "v\"é"));

    String expected =
        "{\"__metadata__\":{\"k\":\"v\\\"é\"},"
            + "\"wide\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
            + "\"bytes\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[8,11]}}";
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[(int) bytes.getLong()];
    bytes.get(header);
    assertEquals(0, header.length % 8);
    assertEquals(expected, new String(header, StandardCharsets.UTF_8).stripTrailing());
    assertEquals(-1L, bytes.getLong());
    assertArrayEquals(new byte[] {1, 0, 1}, remaining(bytes));
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeSurvivesARoundTrip(DType dtype) {
    Path file = folder.resolve("round.safetensors");
    Tensor values = Tensor.empty(dtype, Shape.of(3, 5), dev.weft.tensor.Device.CPU);
    HeapStorage storage = (HeapStorage) values.storage();
    for (int i = 0; i < values.numel(); i++) {
      storage.set(i, dtype == DType.U8 ? 17 * i : dtype == DType.BOOL ? i % 2 : (i - 7) * 37.25);
    }

    SafeTensors.write(file, Map.of("x", values), Map.of());
    Tensor read = SafeTensors.read(file).get("x");

    assertEquals(dtype, read.dtype());
    assertEquals(values.shape(), read.shape());
    assertArrayEquals(values.toDoubles(), read.toDoubles());
  }

  @Test
  void extremesOfEveryTypeKeepTheirBits() {
    Path file = folder.resolve("bits.safetensors");
    short[] allBits = new short[1 << 16];
    for (int i = 0; i < allBits.length; i++) {
      allBits[i] = (short) i;
    }
    Map<String, Tensor> tensors = new TreeMap<>();
    tensors.put("f16", over(DType.F16, allBits));
    tensors.put("bf16", over(DType.BF16, allBits));
    tensors.put("i64", Tensor.of(new long[] {Long.MIN_VALUE, Long.MAX_VALUE, (1L << 53) + 1}));
    tensors.put("i32", Tensor.of(new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE}));

    SafeTensors.write(file, tensors, Map.of());
    Map<String, Tensor> read = SafeTensors.read(file);

    assertArrayEquals(allBits, ((HeapStorage) read.get("f16").storage()).shorts());
    assertArrayEquals(allBits, ((HeapStorage) read.get("bf16").storage()).shorts());
    assertArrayEquals(tensors.get("i64").toLongs(), read.get("i64").toLongs());
    assertArrayEquals(tensors.get("i32").toLongs(), read.get("i32").toLongs());
  }

  @Test
  void scalarsEmptyTensorsAndNoTensorsAtAll() {
    Path file = folder.resolve("small.safetensors");
    Map<String, Tensor> tensors = new TreeMap<>();
    tensors.put("scalar", Tensor.scalar(DType.F64, 2.5));
    tensors.put("empty", Tensor.zeros(DType.F32, 0, 4));
    tensors.put("none", Tensor.zeros(DType.I64, 0));
    SafeTensors.write(file, tensors, Map.of());
    Map<String, Tensor> read = SafeTensors.read(file);
    assertEquals(Shape.of(), read.get("scalar").shape());
    assertEquals(2.5, read.get("scalar").item());
    assertEquals(Shape.of(0, 4), read.get("empty").shape());
    assertEquals(0, read.get("none").numel());

    SafeTensors.write(file, Map.of(), Map.of());
    assertTrue(SafeTensors.read(file).isEmpty());
  }

  @Test
  void viewsAreWrittenAsTheyAreSeen() {
    Path file = folder.resolve("views.safetensors");
    Tensor matrix = Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3);
    Map<String, Tensor> tensors = new TreeMap<>();
    tensors.put("row", matrix.select(0, 1));
    tensors.put("transposed", matrix.transpose(0, 1));
    try (Scope scope = Scope.open()) {
      // Recycled memory may be longer than the tensor.
      tensors.put("pooled", Ops.contiguous(matrix.transpose(0, 1)).slice(0, 0, 2));
      SafeTensors.write(file, tensors, Map.of());
      assertTrue(scope.size() > 0);
    }
    Map<String, Tensor> read = SafeTensors.read(file);
    assertArrayEquals(new float[] {3, 4, 5}, read.get("row").toFloats());
    assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, read.get("transposed").toFloats());
    assertArrayEquals(new float[] {0, 3, 1, 4}, read.get("pooled").toFloats());
  }

  @Test
  void tensorsLargerThanAWriteChunkArriveWhole() {
    Path file = folder.resolve("chunks.safetensors");
    double[] values = new double[300_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 3.0;
    }
    SafeTensors.write(file, Map.of("x", Tensor.of(values)), Map.of());
    assertArrayEquals(values, SafeTensors.read(file).get("x").toDoubles());
  }

  @Test
  void theSameContentGivesTheSameBytes() throws IOException {
    Tensor a = Tensor.of(new float[] {1});
    Tensor b = Tensor.of(new float[] {2});
    Map<String, Tensor> reversed = new LinkedHashMap<>();
    reversed.put("b", b);
    reversed.put("a", a);
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    SafeTensors.write(first, new TreeMap<>(reversed), Map.of("x", "1", "y", "2"));
    SafeTensors.write(second, reversed, new TreeMap<>(Map.of("y", "2", "x", "1")));
    assertEquals(-1, Files.mismatch(first, second));
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("kept.safetensors");
    SafeTensors.write(file, Map.of("x", Tensor.scalar(DType.F32, 1)), Map.of());
    Tensor released;
    try (Scope scope = Scope.open()) {
      released = Tensor.zeros(DType.F32, 3);
      assertEquals(1, scope.size());
    }
    assertThrows(
        RuntimeException.class, () -> SafeTensors.write(file, Map.of("y", released), Map.of()));
    assertEquals(1, SafeTensors.read(file).get("x").item());
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
    assertThrows(
        CheckpointException.class,
        () -> SafeTensors.write(file, Map.of("__metadata__", released), Map.of()));
    assertThrows(
        CheckpointException.class,
        () -> SafeTensors.write(file.resolve("below/a/file"), Map.of(), Map.of()));
  }

  @Test
  void whatIsLoadedOutlivesTheFile() {
    Path file = folder.resolve("closed.safetensors");
    SafeTensors.write(file, Map.of("x", Tensor.of(new float[] {1, 2})), Map.of());
    Checkpoint checkpoint = SafeTensors.open(file);
    Tensor loaded = checkpoint.load("x");
    assertThrows(CheckpointException.class, () -> checkpoint.load("y"));
    checkpoint.close();
    checkpoint.close();
    assertArrayEquals(new float[] {1, 2}, loaded.toFloats());
    assertThrows(CheckpointException.class, () -> checkpoint.load("x"));
  }

  @Test
  void aFileThatShrinksWhileOpenIsAnErrorAndNotACrash() throws IOException {
    Path file = folder.resolve("shrinks.safetensors");
    SafeTensors.write(file, Map.of("x", Tensor.zeros(DType.F32, 1 << 20)), Map.of());
    try (Checkpoint checkpoint = SafeTensors.open(file);
        RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
      writer.setLength(64);
      assertThrows(CheckpointException.class, () -> checkpoint.load("x"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void filesBeyondTwoAndFourGibibytes(int parts) throws IOException {
    long part = 1L << 31;
    long large = parts * part;
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < parts; i++) {
      header.append(
          "\"big%d\":{\"dtype\":\"F16\",\"shape\":[32768,32768],\"data_offsets\":[%d,%d]},"
              .formatted(i, i * part, (i + 1) * part));
    }
    header.append(
        "\"last\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}"
            .formatted(large, large + 8));
    Path file = file(header.toString(), new byte[0]);
    long dataStart = Files.size(file);
    try (RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
      // A hole: no blocks are written for the gibibytes.
      writer.seek(dataStart + large);
      writer.write(new byte[] {7, 0, 0, 0, 9, 0, 0, 0});
    }
    try (Checkpoint checkpoint = SafeTensors.open(file)) {
      assertEquals(part, checkpoint.tensors().get("big0").byteSize());
      assertArrayEquals(new int[] {7, 9}, checkpoint.load("last").toInts());
    }
    assertFalse(Files.size(file) <= large);
  }

  /** Types that tensors do not have are read as wider ones that hold every value. */
  @Test
  void everyTypeOfTheFormat() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
    data.putLong(Long.MAX_VALUE).putLong(3).putInt(-1);
    data.putShort((short) -2).putShort((short) -3).putShort(Short.MAX_VALUE);
    data.put((byte) -4).put((byte) -5).put((byte) -6).put((byte) 2);
    String header =
        """
        {"u64":{"dtype":"U64","shape":[2],"data_offsets":[0,16]},\
        "u32":{"dtype":"U32","shape":[1],"data_offsets":[16,20]},\
        "u16":{"dtype":"U16","shape":[1],"data_offsets":[20,22]},\
        "i16":{"dtype":"I16","shape":[2],"data_offsets":[22,26]},\
        "i8":{"dtype":"I8","shape":[1,1],"data_offsets":[26,27]},\
        "u8":{"dtype":"U8","shape":[2],"data_offsets":[27,29]},\
        "bool":{"dtype":"BOOL","shape":[],"data_offsets":[29,30],"other":{"x":[1]}},\
        "none":{"dtype":"I8","shape":[0,7],"data_offsets":[30,30]},"__metadata__":null}\
        """;
    try (Checkpoint checkpoint = SafeTensors.open(file(header, data.array()))) {
      assertArrayEquals(new long[] {Long.MAX_VALUE, 3}, checkpoint.load("u64").toLongs());
      assertArrayEquals(new long[] {0xFFFFFFFFL}, checkpoint.load("u32").toLongs());
      assertArrayEquals(new int[] {0xFFFE}, checkpoint.load("u16").toInts());
      assertArrayEquals(new int[] {-3, Short.MAX_VALUE}, checkpoint.load("i16").toInts());
      assertArrayEquals(new int[] {-4}, checkpoint.load("i8").toInts());
      assertArrayEquals(new int[] {251, 250}, checkpoint.load("u8").toInts());
      assertArrayEquals(new int[] {1}, checkpoint.load("bool").toInts());
      assertEquals(Shape.of(0, 7), checkpoint.load("none").shape());
      assertEquals(StoredType.U32, checkpoint.tensors().get("u32").type());
      assertEquals(DType.I64, checkpoint.load("u32").dtype());
      assertEquals(DType.I32, checkpoint.tensors().get("i8").dtype());
    }
  }

  @Test
  void unsignedNumbersBeyondSignedOnesAreRefused() throws IOException {
    String header = "{\"n\":{\"dtype\":\"U64\",\"shape\":[1],\"data_offsets\":[0,8]}}";
    byte[] data = {0, 0, 0, 0, 0, 0, 0, (byte) 0x80};
    try (Checkpoint checkpoint = SafeTensors.open(file(header, data))) {
      var error = assertThrows(CheckpointException.class, () -> checkpoint.load("n"));
      assertTrue(error.getMessage().contains("'n': U64 value 9223372036854775808"));
    }
  }

  /** Into a part of other memory and to another type, exactly as a cast would. */
  @Test
  void readsIntoMemoryThatIsThere() {
    Path file = folder.resolve("into.safetensors");
    Tensor f32 = Tensor.of(new float[] {1, -2.5f, 3e-6f, 70000}, 2, 2);
    Map<String, Tensor> tensors = new TreeMap<>();
    for (DType dtype : new DType[] {DType.F64, DType.F32, DType.F16, DType.BF16}) {
      tensors.put(dtype.name(), Ops.cast(f32, dtype));
    }
    SafeTensors.write(file, tensors, Map.of());
    try (Checkpoint checkpoint = SafeTensors.open(file)) {
      tensors.forEach(
          (name, tensor) -> {
            for (DType dtype : new DType[] {DType.F64, DType.F32, DType.BF16}) {
              Tensor target = Tensor.full(dtype, Shape.of(3, 4), dev.weft.tensor.Device.CPU, 9);
              checkpoint.loadInto(name, target.slice(0, 1, 2).reshape(4));
              assertArrayEquals(
                  Ops.cast(tensor, dtype).toDoubles(), target.slice(0, 1, 2).toDoubles(), name);
              assertEquals(9, target.slice(0, 0, 1).toDoubles()[3]);
              assertEquals(9, target.slice(0, 2, 3).toDoubles()[0]);
            }
          });
      Tensor small = Tensor.zeros(DType.F32, 3);
      assertThrows(RuntimeException.class, () -> checkpoint.loadInto("F32", small));
    }
  }

  private Path file(String header, byte[] data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).put(data);
    return Files.write(folder.resolve("made.safetensors"), bytes.array());
  }

  private static Tensor over(DType dtype, short[] bits) {
    return Tensor.over(HeapStorage.of(dtype, bits), Shape.of(bits.length), 0);
  }

  private static byte[] remaining(ByteBuffer bytes) {
    byte[] rest = new byte[bytes.remaining()];
    bytes.get(rest);
    return rest;
  }

  @Test
  void aTensorMayComeInParts() throws IOException {
    Tensor whole = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
    Path expected = folder.resolve("whole.safetensors");
    SafeTensors.write(expected, Map.of("x", whole), Map.of("a", "b"));
    Path file = folder.resolve("parts.safetensors");
    StreamedTensor parts =
        new StreamedTensor(
            DType.F32,
            Shape.of(3, 2),
            List.of(whole.slice(0, 0, 1), whole.slice(0, 1, 3).reshape(4)));
    SafeTensors.writeStreamed(file, Map.of("x", parts), Map.of("a", "b"));
    assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(file));
    StreamedTensor few = new StreamedTensor(DType.F32, Shape.of(3, 3), List.of(whole));
    CheckpointException error =
        assertThrows(
            CheckpointException.class,
            () -> SafeTensors.writeStreamed(file, Map.of("x", few), Map.of()));
    assertTrue(error.getMessage().contains("6 elements were written"), error.getMessage());
    assertArrayEquals(
        Files.readAllBytes(expected), Files.readAllBytes(file), "what was there stays");
  }
}
