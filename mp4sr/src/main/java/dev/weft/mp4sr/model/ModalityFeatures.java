package dev.weft.mp4sr.model;

import dev.weft.nn.Placement;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

/**
 * What is known of every item in one modality; row {@code i} belongs to item number {@code i + 1}.
 * Constants where {@link Placement} says: no gradient is kept for them.
 *
 * @param values [items, sentences, width], in the model's element type; zeros where missing
 * @param mask BOOL [items, sentences], which sentences there are
 * @param present for each item, whether it has any sentence
 */
public record ModalityFeatures(Tensor values, Tensor mask, boolean[] present) {

  /** Features in the element type of the model that will read them. */
  public static ModalityFeatures of(Tensor values, Tensor mask, DType dtype) {
    if (values.rank() != 3 || !mask.shape().equals(Shape.of(values.dim(0), values.dim(1)))) {
      throw new TensorException(
          "features: "
              + values
              + " must be [items, sentences, width] and "
              + mask
              + " [items, sentences]");
    }
    Tensor converted = Ops.contiguous(Ops.cast(values, dtype));
    return new ModalityFeatures(Placement.put(converted), Placement.put(mask), anyOf(mask));
  }

  private static boolean[] anyOf(Tensor mask) {
    int[] flags = mask.toInts();
    boolean[] any = new boolean[mask.dim(0)];
    for (int i = 0; i < flags.length; i++) {
      any[i / mask.dim(1)] |= flags[i] != 0;
    }
    return any;
  }

  /** Number of items. */
  public int items() {
    return values.dim(0);
  }

  /** Width of a sentence's vector. */
  public int width() {
    return values.dim(2);
  }

  /**
   * The same for some of the items.
   *
   * @param rows I32 [k], from 0; null: all
   */
  Tensor valuesOf(Tensor rows) {
    return rows == null ? values : rowsOf(values, rows);
  }

  /** The mask of some of the items; {@code rows} as in {@link #valuesOf}. */
  Tensor maskOf(Tensor rows) {
    return rows == null ? mask : rowsOf(mask, rows);
  }

  private static Tensor rowsOf(Tensor x, Tensor rows) {
    int width = x.numel() / Math.max(1, x.dim(0));
    Tensor chosen = Ops.gather(x.reshape(x.dim(0), width), rows.to(x.device()));
    return chosen.reshape(x.shape().with(0, rows.dim(0)).dims());
  }
}
