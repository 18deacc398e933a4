package dev.weft.mp4sr.model;

import dev.weft.mp4sr.features.Features;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.TensorException;

/** The features of all items that a model reads, one set for each modality. */
public record Catalogue(ModalityFeatures text, ModalityFeatures image) {
  /** Checks that both know the same items. */
  public Catalogue {
    if (text.items() != image.items()) {
      throw new TensorException(
          "catalogue: texts of " + text.items() + " items, images of " + image.items());
    }
  }

  /** The features in a model's element type. */
  public static Catalogue of(Features features, DType dtype) {
    return new Catalogue(
        ModalityFeatures.of(features.text(), features.textMask(), dtype),
        ModalityFeatures.of(features.image(), features.imageMask(), dtype));
  }

  /** Where the features are. */
  Device device() {
    return text.device();
  }

  /** Number of items. */
  public int items() {
    return text.items();
  }
}
