package dev.weft.mp4sr.model;

import dev.weft.mp4sr.features.FeatureVectors;
import dev.weft.nn.HostBatch;
import dev.weft.nn.Placement;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
    return values == null ? fetch(null) : values;
  }

  /** Which sentences there are: BOOL [items, sentences]. */
  public Tensor mask() {
    return mask;
  }

  /** Fetches vectors of some rows, from 0; null: of all. */
  private Tensor fetch(int[] rows) {
    Tensor fetched = rows == null ? stored.tensor() : stored.rows(rows);
    return Ops.cast(fetched, dtype).to(device());
  }

  /**
   * Some of the items.
   *
   * @param features of all items
   * @param numbers rising item numbers; 0 is the padding item, which has nothing
   * @param rows those without the padding item, from 0, where the features are; null where that is
   *     all of them, and where there are too many for one time
   */
  record Choice(ModalityFeatures features, int[] numbers, HostBatch.Part rows) {

    boolean startsWithPadding() {
      return numbers.length > 0 && numbers[0] == 0;
    }

    /** Whether there are too many for one time; only those below have values then. */
    boolean isTooMany() {
      // The padding item may be one more than all.
      return numbers.length > features.blockItems + 1;
    }

    /** The same in parts that are not too many. */
    List<Choice> blocks() {
      List<Choice> blocks = new ArrayList<>();
      for (int from = 0; from < numbers.length; from += features.blockItems) {
        int to = Math.min(numbers.length, from + features.blockItems);
        blocks.add(features.chosen(Arrays.copyOfRange(numbers, from, to)));
      }
      return blocks;
    }

    /** Their sentences without the padding item's, [items, sentences, width]. */
    Tensor values() {
      if (features.values == null) {
        return features.fetch(rows == null ? null : rowsOf(numbers));
      }
      return rows == null ? features.values : rowsOf(features.values, rows.tensor());
    }

    /** Which sentences there are, likewise: BOOL [items, sentences]. */
    Tensor mask() {
      return rows == null ? features.mask : rowsOf(features.mask, rows.tensor());
    }

    /** How many sentences each has, likewise. */
    int[] counts() {
      Tensor mask = mask();
      int[] flags = mask.toInts();
      int[] counts = new int[mask.dim(0)];
      for (int i = 0; i < flags.length; i++) {
        counts[i / mask.dim(1)] += flags[i];
      }
      return counts;
    }
  }

  /**
   * Chooses items.
   *
   * @param numbers rising item numbers; 0 is the padding item
   * @param batch takes the rows to the features' device
   */
  Choice choose(int[] numbers, HostBatch batch) {
    Choice whole = new Choice(this, numbers, null);
    int count = whole.startsWithPadding() ? numbers.length - 1 : numbers.length;
    return whole.isTooMany() || count == items()
        ? whole
        : new Choice(this, numbers, batch.add(rowsOf(numbers)));
  }

  /** The same with the rows brought to the features' device at once. */
  Choice chosen(int[] numbers) {
    HostBatch batch = new HostBatch();
    Choice choice = choose(numbers, batch);
    batch.send(device());
    return choice;
  }

  private static int[] rowsOf(int[] numbers) {
    return Arrays.stream(numbers).filter(number -> number > 0).map(number -> number - 1).toArray();
  }

  private static Tensor rowsOf(Tensor x, Tensor rows) {
    int width = x.numel() / Math.max(1, x.dim(0));
    Tensor chosen = Ops.gather(x.reshape(x.dim(0), width), rows);
    return chosen.reshape(x.shape().with(0, rows.dim(0)).dims());
  }

  @Override
  public String toString() {
    return Arrays.toString(mask.shape().dims()) + " x " + width();
  }
}
