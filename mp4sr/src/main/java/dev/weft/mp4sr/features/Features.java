package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import java.util.LinkedHashMap;
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

  /** The four tensors by the names they have in {@code features.safetensors}. */
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("text", text);
    tensors.put("text_mask", textMask);
    tensors.put("image", image);
    tensors.put("image_mask", imageMask);
    return tensors;
  }
}
