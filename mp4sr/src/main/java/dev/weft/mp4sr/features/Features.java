package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Feature vectors of a catalogue; row {@code i} belongs to item number {@code i + 1}.
 *
 * @param text F32 {@code [items, texts, d]}: BERT on the item's sentences, zero where missing
 * @param textMask BOOL {@code [items, texts]}: which sentences there are
 * @param image F32 {@code [items, images, d]}: BERT on the words CLIP finds in the pictures
 * @param imageMask BOOL {@code [items, images]}: which pictures there are
 */
public record Features(Tensor text, Tensor textMask, Tensor image, Tensor imageMask) {
  private static final float LARGEST_HALF = 65504;
  private static final List<String> NAMES = List.of("text", "text_mask", "image", "image_mask");

  /**
   * Checks types and shapes.
   *
   * @throws DataException naming the tensor that does not fit
   */
  public Features {
    check("text", text, "text_mask", textMask);
    check("image", image, "image_mask", imageMask);
    if (text.dim(0) != image.dim(0) || text.dim(2) != image.dim(2)) {
      throw new DataException(
          "features: text "
              + text.shape()
              + " and image "
              + image.shape()
              + " differ in items or width");
    }
  }

  private static void check(String name, Tensor values, String maskName, Tensor mask) {
    if (values.dtype() != DType.F32 || values.rank() != 3) {
      throw new DataException(
          "features: " + name + " is " + values + ", not F32 [items, sentences, width]");
    }
    if (mask.dtype() != DType.BOOL
        || mask.rank() != 2
        || mask.dim(0) != values.dim(0)
        || mask.dim(1) != values.dim(1)) {
      throw new DataException(
          "features: " + maskName + " is " + mask + ", which does not fit " + name + " " + values);
    }
  }

  /** Number of items. */
  public int items() {
    return text.dim(0);
  }

  /** Width d of a feature vector. */
  public int width() {
    return text.dim(2);
  }

  /**
   * These and then others, which have as many sentences and pictures an item and the same width.
   *
   * @throws DataException when they do not
   */
  public Features plus(Features more) {
    try {
      return new Features(
          Ops.concat(List.of(text, more.text), 0),
          Ops.concat(List.of(textMask, more.textMask), 0),
          Ops.concat(List.of(image, more.image), 0),
          Ops.concat(List.of(imageMask, more.imageMask), 0));
    } catch (TensorException e) {
      throw new DataException("features: " + more.text + " do not fit " + text, e);
    }
  }

  /** The four tensors by the names they have in {@code features.safetensors}. */
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(NAMES.get(0), text);
    tensors.put(NAMES.get(1), textMask);
    tensors.put(NAMES.get(2), image);
    tensors.put(NAMES.get(3), imageMask);
    return tensors;
  }

  /** Writes a safetensors file with the four tensors and {@code metadata}. */
  public void write(Path file, Map<String, String> metadata) {
    write(file, DType.F32, metadata);
  }

  /**
   * The same with the vectors in F32 or F16; what F16 cannot hold becomes its largest number.
   *
   * @param dtype F32 or F16
   */
  public void write(Path file, DType dtype, Map<String, String> metadata) {
    Map<String, Tensor> tensors = tensors();
    if (dtype == DType.F16) {
      tensors.replaceAll((name, tensor) -> tensor.dtype() == DType.F32 ? half(tensor) : tensor);
    }
    SafeTensors.write(file, tensors, metadata);
  }

  private static Tensor half(Tensor tensor) {
    float[] values = tensor.toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.clamp(values[i], -LARGEST_HALF, LARGEST_HALF);
    }
    return Ops.cast(Tensor.of(values, tensor.shape().dims()), DType.F16);
  }

  /** Whether a file is there, whole, and was made of what has this fingerprint. */
  static boolean isOf(Path file, String fingerprint) {
    try (Checkpoint checkpoint = SafeTensors.open(file)) {
      return fingerprint.equals(checkpoint.metadata().get("fingerprint"));
    } catch (CheckpointException e) {
      return false;
    }
  }

  /**
   * Reads what {@link #write} wrote; F16 becomes F32.
   *
   * @throws DataException when a tensor is missing or does not fit
   * @throws dev.weft.nn.checkpoint.CheckpointException when the file is no safetensors file
   */
  public static Features read(Path file) {
    if (!Files.exists(file)) {
      throw new DataException(file + ": no such file; features are made by `mp4sr features`");
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>(SafeTensors.read(file));
    tensors.replaceAll(
        (name, tensor) -> tensor.dtype() == DType.F16 ? Ops.cast(tensor, DType.F32) : tensor);
    for (String name : NAMES) {
      if (!tensors.containsKey(name)) {
        throw new DataException(
            file + ": no tensor " + name + "; features are made by `mp4sr features`");
      }
    }
    try {
      return new Features(
          tensors.get(NAMES.get(0)),
          tensors.get(NAMES.get(1)),
          tensors.get(NAMES.get(2)),
          tensors.get(NAMES.get(3)));
    } catch (DataException e) {
      throw new DataException(file + ": " + e.getMessage(), e);
    }
  }
}
