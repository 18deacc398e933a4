package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Feature vectors of a catalogue; row {@code i} belongs to item number {@code i + 1}.
 *
 * @param text {@code [items, texts, d]}: BERT on the item's sentences, zero where missing
 * @param textMask BOOL {@code [items, texts]}: which sentences there are
 * @param image {@code [items, images, d]}: BERT on the words CLIP finds in the pictures
 * @param imageMask BOOL {@code [items, images]}: which pictures there are
 */
public record Features(
    FeatureVectors text, Tensor textMask, FeatureVectors image, Tensor imageMask) {

  /**
   * Checks types and shapes.
   *
   * @throws DataException naming the tensor that does not fit
   */
  public Features {
    check("text", text, "text_mask", textMask);
    check("image", image, "image_mask", imageMask);
    if (text.items() != image.items() || text.width() != image.width()) {
      throw new DataException(
          "features: text " + text + " and image " + image + " differ in items or width");
    }
  }

  /** Features in memory, F32. */
  public Features(Tensor text, Tensor textMask, Tensor image, Tensor imageMask) {
    this(vectors("text", text), textMask, vectors("image", image), imageMask);
  }

  private static FeatureVectors vectors(String name, Tensor values) {
    if (values.dtype() != DType.F32 || values.rank() != 3) {
      throw new DataException(
          "features: " + name + " is " + values + ", not F32 [items, sentences, width]");
    }
    return FeatureVectors.of(values);
  }

  private static void check(String name, FeatureVectors values, String maskName, Tensor mask) {
    if (mask.dtype() != DType.BOOL
        || mask.rank() != 2
        || mask.dim(0) != values.items()
        || mask.dim(1) != values.slots()) {
      throw new DataException(
          "features: " + maskName + " is " + mask + ", which does not fit " + name + " " + values);
    }
  }

  /** Number of items. */
  public int items() {
    return text.items();
  }

  /** Width d of a feature vector. */
  public int width() {
    return text.width();
  }

  /**
   * These and then others, which have as many sentences and pictures an item and the same width; no
   * vector is copied.
   *
   * @throws DataException when they do not
   */
  public Features plus(Features more) {
    return new Features(
        new FeatureVectors.Joined(text, more.text),
        Ops.concat(List.of(textMask, more.textMask), 0),
        new FeatureVectors.Joined(image, more.image),
        Ops.concat(List.of(imageMask, more.imageMask), 0));
  }

  /** Writes a safetensors file with {@code metadata}. */
  public void write(Path file, Map<String, String> metadata) {
    write(file, DType.F32, metadata);
  }

  /**
   * The same with the vectors in F32 or F16; what F16 cannot hold becomes its largest number.
   *
   * @param dtype F32 or F16
   */
  public void write(Path file, DType dtype, Map<String, String> metadata) {
    FeatureFile.write(
        file,
        dtype,
        metadata,
        new FeatureFile.Side(textMask, text.slots(), text.width(), blocks(text)),
        new FeatureFile.Side(imageMask, image.slots(), image.width(), blocks(image)),
        FeatureFile.MOST);
  }

  /** The vectors in their order, some items at a time. */
  private static Iterable<Tensor> blocks(FeatureVectors vectors) {
    int step = FeatureFile.itemsAtATime(vectors.slots(), vectors.width());
    return () ->
        IntStream.iterate(0, from -> from < vectors.items(), from -> from + step)
            .mapToObj(
                from ->
                    vectors.rows(
                        IntStream.range(from, Math.min(vectors.items(), from + step)).toArray()))
            .iterator();
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
   * Reads what {@link #write} wrote; F16 becomes F32. Vectors of more than {@link
   * FeatureFile#IN_MEMORY} numbers stay in the file and are read from there when they are asked
   * for.
   *
   * @throws DataException when a tensor is missing or does not fit
   * @throws CheckpointException when the file is no safetensors file
   */
  public static Features read(Path file) {
    return FeatureFile.read(file, FeatureFile.IN_MEMORY);
  }
}
