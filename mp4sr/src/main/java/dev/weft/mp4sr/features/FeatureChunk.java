package dev.weft.mp4sr.features;

import dev.weft.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Features of some items in a row, without gaps: the vectors of one item follow each other.
 *
 * @param textCounts number of sentences of each item
 * @param text the sentences' vectors, row-major
 * @param imageCounts number of readable pictures of each item
 * @param image the pictures' vectors, row-major
 * @param tags of all pictures, unreadable ones too
 * @param imagesBeyondLimit pictures left out because their item has too many
 */
record FeatureChunk(
    int[] textCounts,
    float[] text,
    int[] imageCounts,
    float[] image,
    List<ImageTags> tags,
    int imagesBeyondLimit) {

  /** As a file holds it; empty arrays become one element, since a file has no empty tensors. */
  Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("text_counts", Tensor.of(textCounts));
    tensors.put("text", Tensor.of(text.length == 0 ? new float[1] : text));
    tensors.put("image_counts", Tensor.of(imageCounts));
    tensors.put("image", Tensor.of(image.length == 0 ? new float[1] : image));
    tensors.put("images_beyond_limit", Tensor.of(new int[] {imagesBeyondLimit}));
    return tensors;
  }

  static FeatureChunk of(Map<String, Tensor> tensors, List<ImageTags> tags) {
    return new FeatureChunk(
        tensors.get("text_counts").toInts(),
        tensors.get("text").toFloats(),
        tensors.get("image_counts").toInts(),
        tensors.get("image").toFloats(),
        tags,
        tensors.get("images_beyond_limit").toInts()[0]);
  }
}
