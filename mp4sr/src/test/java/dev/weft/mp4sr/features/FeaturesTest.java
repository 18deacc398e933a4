package dev.weft.mp4sr.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.data.DataException;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeaturesTest {
  @TempDir Path temp;

  private static Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new HashMap<>();
    tensors.put("text", Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2));
    tensors.put("text_mask", Tensor.of(new boolean[] {true, false, true, true}, 2, 2));
    tensors.put("image", Tensor.of(new float[] {1, 2, 3, 4}, 2, 1, 2));
    tensors.put("image_mask", Tensor.of(new boolean[] {false, true}, 2, 1));
    return tensors;
  }

  private static Features of(Map<String, Tensor> tensors) {
    return new Features(
        tensors.get("text"),
        tensors.get("text_mask"),
        tensors.get("image"),
        tensors.get("image_mask"));
  }

  @Test
  void readsWhatItWrote() {
    Path file = temp.resolve("features.safetensors");
    of(tensors()).write(file, Map.of("dataset", "d"));
    Features read = Features.read(file);
    assertEquals(2, read.items());
    assertEquals(2, read.width());
    assertArrayEquals(tensors().get("text").toFloats(), read.text().tensor().toFloats());
    assertArrayEquals(tensors().get("text_mask").toLongs(), read.textMask().toLongs());
    assertArrayEquals(tensors().get("image").toFloats(), read.image().tensor().toFloats());
    assertArrayEquals(tensors().get("image_mask").toLongs(), read.imageMask().toLongs());
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertRefused("text", Tensor.of(new double[8], 2, 2, 2), "text is F64");
    assertRefused("text", Tensor.of(new float[8], 4, 2), "text is F32");
    assertRefused("text_mask", Tensor.of(new boolean[2], 2, 1), "text_mask");
    assertRefused("text_mask", Tensor.of(new int[4], 2, 2), "text_mask is I32");
    assertRefused("image", Tensor.of(new float[6], 2, 1, 3), "differ in items or width");
    assertRefused("image_mask", Tensor.of(new boolean[3], 3, 1), "image_mask");
  }

  private void assertRefused(String name, Tensor tensor, String expected) {
    Map<String, Tensor> tensors = tensors();
    tensors.put(name, tensor);
    DataException error = assertThrows(DataException.class, () -> of(tensors));
    assertTrue(error.getMessage().contains(expected), error.getMessage());
    Path file = temp.resolve("refused.safetensors");
    SafeTensors.write(file, tensors, Map.of());
    DataException stored = assertThrows(DataException.class, () -> Features.read(file));
    assertTrue(stored.getMessage().startsWith(file.toString()), stored.getMessage());
  }

  @Test
  void namesWhatIsMissing() throws IOException {
    Path file = temp.resolve("x.safetensors");
    DataException gone = assertThrows(DataException.class, () -> Features.read(file));
    assertTrue(gone.getMessage().contains("no such file"), gone.getMessage());
    Map<String, Tensor> tensors = tensors();
    tensors.remove("image_mask");
    SafeTensors.write(file, tensors, Map.of());
    DataException partly = assertThrows(DataException.class, () -> Features.read(file));
    assertTrue(partly.getMessage().contains("no tensor image_mask"), partly.getMessage());
    Files.writeString(file, "no tensors at all");
    assertThrows(CheckpointException.class, () -> Features.read(file));
  }

  /** Twenty-three items; a tensor of the file holds four, three or, of the pictures, all. */
  private static Features many() {
    float[] text = new float[23 * 2 * 3];
    boolean[] textMask = new boolean[23 * 2];
    for (int i = 0; i < textMask.length; i++) {
      textMask[i] = i % 3 != 0;
      for (int j = 0; textMask[i] && j < 3; j++) {
        text[3 * i + j] = i + j / 4f;
      }
    }
    return new Features(
        Tensor.of(text, 23, 2, 3),
        Tensor.of(textMask, 23, 2),
        Tensor.of(new float[23 * 3], 23, 1, 3),
        Tensor.of(new boolean[23], 23, 1));
  }

  private static FeatureFile.Side side(Tensor values, Tensor mask) {
    return new FeatureFile.Side(
        mask,
        values.dim(1),
        values.dim(2),
        List.of(values.slice(0, 0, 5), values.slice(0, 5, 6), values.slice(0, 6, 23)));
  }

  @Test
  void largeVectorsStayInTheFileInSeveralTensors() {
    Features many = many();
    Tensor text = many.text().tensor();
    for (DType dtype : List.of(DType.F32, DType.F16)) {
      for (int most : new int[] {4 * 6, 3 * 6 + 5, 1, 23 * 6}) {
        Path file = temp.resolve(dtype + "-" + most + ".safetensors");
        FeatureFile.write(
            file,
            dtype,
            Map.of("dataset", "d"),
            side(text, many.textMask()),
            side(many.image().tensor(), many.imageMask()),
            most);
        Features stored = FeatureFile.read(file, 0);
        assertFalse(stored.text().isInMemory());
        assertEquals(text.shape(), stored.text().tensor().shape());
        assertArrayEquals(text.toFloats(), stored.text().tensor().toFloats());
        assertArrayEquals(
            Ops.gather(text.reshape(23, 6), Tensor.of(new int[] {22, 0, 22, 7}, 4)).toFloats(),
            stored.text().rows(22, 0, 22, 7).toFloats());
        Features read = Features.read(file);
        assertTrue(read.text().isInMemory());
        assertArrayEquals(text.toFloats(), read.text().tensor().toFloats());
        Path copy = temp.resolve("copy.safetensors");
        stored.write(copy, Map.of());
        assertArrayEquals(text.toFloats(), Features.read(copy).text().tensor().toFloats());
      }
    }
  }

  @Test
  void tensorsOfOneModalityMustFitEachOther() {
    Map<String, Tensor> tensors = tensors();
    tensors.remove("text");
    tensors.put("text.0000", Tensor.of(new float[4], 1, 2, 2));
    Path file = temp.resolve("parts.safetensors");
    for (Tensor bad : List.of(Tensor.of(new float[8], 2, 2, 2), Tensor.of(new float[2], 1, 1, 2))) {
      tensors.put("text.0001", bad);
      SafeTensors.write(file, tensors, Map.of());
      DataException error = assertThrows(DataException.class, () -> Features.read(file));
      assertTrue(error.getMessage().contains("text.0001 is F32"), error.getMessage());
    }
    tensors.remove("text.0001");
    SafeTensors.write(file, tensors, Map.of());
    DataException error = assertThrows(DataException.class, () -> Features.read(file));
    assertTrue(error.getMessage().contains("text_mask"), error.getMessage());
  }

  @Test
  void moreItemsAreJoinedAndNotCopied() {
    Features joined = of(tensors()).plus(of(tensors()));
    assertEquals(4, joined.items());
    assertArrayEquals(
        new float[] {5, 6, 7, 8, 1, 2, 3, 4, 1, 2, 3, 4}, joined.text().rows(3, 0, 2).toFloats());
    assertEquals(4, joined.text().tensor().dim(0));
    DataException error =
        assertThrows(DataException.class, () -> many().plus(of(tensors())).items());
    assertTrue(error.getMessage().contains("do not fit"), error.getMessage());
  }

  @Test
  void oneModalityOutlivesTheOther() {
    Path file = temp.resolve("both.safetensors");
    Features both = of(tensors());
    both.write(file, Map.of());
    for (int round = 0; round < 3; round++) {
      Features stored = FeatureFile.read(file, 0);
      FeatureVectors image = stored.image();
      var gone = new WeakReference<>(stored.text());
      stored = null;
      for (int i = 0; i < 50 && gone.get() != null; i++) {
        System.gc();
      }
      assertNull(gone.get());
      assertArrayEquals(both.image().rows(1, 0).toFloats(), image.rows(1, 0).toFloats());
    }
  }

  @Test
  void whatIsThereOfAKilledRunNeedsNoSecondRoom() throws IOException {
    Path folder = temp.resolve("f.safetensors.partial");
    assertEquals(0, ChunkStore.bytes(folder));
    Files.createDirectories(folder);
    Files.write(folder.resolve("000000.safetensors"), new byte[1000]);
    Files.write(folder.resolve("fingerprint"), new byte[24]);
    assertEquals(1024, ChunkStore.bytes(folder));
  }

  @Test
  void roomOnTheDiskIsAskedForFirst() {
    Path file = Path.of("shop", "features.safetensors");
    FeatureSize.require(file, 100, 100);
    DataException error =
        assertThrows(
            DataException.class, () -> FeatureSize.require(file, 61_440_000_000L, 5_200_000_000L));
    assertTrue(
        error.getMessage().contains("takes up to 61.4 GB")
            && error.getMessage().contains("5.2 are free there; --dtype f16"),
        error.getMessage());
  }
}
