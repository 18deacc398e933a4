package dev.weft.mp4sr.model;

import dev.weft.mp4sr.features.FeatureVectors;
import dev.weft.nn.Placement;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.Arrays;

/**
 * What is known of every item in one modality; row {@code i} belongs to item number {@code i + 1}.
 * Constants where {@link Placement} says: no gradient is kept for them. Vectors in memory are one
 * tensor; others are fetched when they are asked for, and {@linkplain #blockItems so many items at
 * a time} go through an encoder.
 */
public final class ModalityFeatures {
  /** Numbers that are fetched at a time: 32 MiB in F32. */
  private static final int BLOCK = 1 << 23;

  private final Tensor values;
  private final FeatureVectors stored;
  private final Tensor mask;
  private final boolean[] present;
  private final DType dtype;
  private final int blockItems;

  private ModalityFeatures(
      Tensor values, FeatureVectors stored, Tensor mask, DType dtype, int blockItems) {
    this.values = values;
    this.stored = stored;
    this.mask = Placement.put(mask);
    this.present = anyOf(mask);
    this.dtype = dtype;
    this.blockItems = blockItems;
  }

  /**
   * Features in the element type of the model that will read them.
   *
   * @param values [items, sentences, width]; zeros where missing
   * @param mask BOOL [items, sentences], which sentences there are
   */
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
    return new ModalityFeatures(
        Placement.put(converted), null, mask, dtype, Math.max(1, values.dim(0)));
  }

  /** The same of vectors wherever they lie. */
  public static ModalityFeatures of(FeatureVectors vectors, Tensor mask, DType dtype) {
    return vectors.isInMemory()
        ? of(vectors.tensor(), mask, dtype)
        : fetched(
            vectors,
            mask,
            dtype,
            Math.max(1, BLOCK / Math.multiplyExact(vectors.slots(), vectors.width())));
  }

  /** Vectors that are fetched some items at a time. */
  static ModalityFeatures fetched(
      FeatureVectors vectors, Tensor mask, DType dtype, int blockItems) {
    return new ModalityFeatures(null, vectors, mask, dtype, blockItems);
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
    return mask.dim(0);
  }

  /** Width of a sentence's vector. */
  public int width() {
    return values == null ? stored.width() : values.dim(2);
  }

  /** Items that may go through an encoder at a time: all, where all are in memory. */
  int blockItems() {
    return blockItems;
  }

  /** For each item, whether it has any sentence. */
  boolean[] present() {
    return present;
  }

  DType dtype() {
    return dtype;
  }

  Device device() {
    return mask.device();
  }

  /** The vectors of all items, [items, sentences, width], fetched where they are not in memory. */
  public Tensor values() {
    return valuesOf(null);
  }

  /** Which sentences there are: BOOL [items, sentences]. */
  public Tensor mask() {
    return mask;
  }

  /**
   * The vectors of some of the items.
   *
   * @param rows from 0; null: all
   * @return [rows, sentences, width]
   */
  Tensor valuesOf(int[] rows) {
    if (values != null) {
      return rows == null ? values : rowsOf(values, rows);
    }
    Tensor fetched = rows == null ? stored.tensor() : stored.rows(rows);
    return Ops.cast(fetched, dtype).to(device());
  }

  /** The mask of some of the items; {@code rows} as in {@link #valuesOf}. */
  Tensor maskOf(int[] rows) {
    return rows == null ? mask : rowsOf(mask, rows);
  }

  /** How many sentences each of some items has. */
  int[] countsOf(int[] rows) {
    int[] flags = maskOf(rows).toInts();
    int[] counts = new int[rows.length];
    for (int i = 0; i < flags.length; i++) {
      counts[i / mask.dim(1)] += flags[i];
    }
    return counts;
  }

  private static Tensor rowsOf(Tensor x, int[] rows) {
    int width = x.numel() / Math.max(1, x.dim(0));
    Tensor indices = Tensor.of(rows, rows.length).to(x.device());
    Tensor chosen = Ops.gather(x.reshape(x.dim(0), width), indices);
    return chosen.reshape(x.shape().with(0, rows.length).dims());
  }

  @Override
  public String toString() {
    return Arrays.toString(mask.shape().dims()) + " x " + width();
  }
}
