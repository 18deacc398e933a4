package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RowSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The vectors of a catalogue in one modality, [items, slots, width]: in memory, or where they lie.
 * A slot is a sentence or a picture; one that an item does not have is zero.
 */
public sealed interface FeatureVectors {
  /** Number of items. */
  int items();

  /** Vectors that an item may have. */
  int slots();

  /** Numbers of a vector. */
  int width();

  /** Whether {@link #tensor} costs nothing. */
  boolean isInMemory();

  /**
   * The vectors of some items.
   *
   * @param items from 0, in any order
   * @return F32 [items, slots, width]
   */
  Tensor rows(int... items);

  /**
   * All of them as one tensor.
   *
   * @throws DataException when they are more numbers than a tensor holds
   */
  Tensor tensor();

  /** Number of numbers. */
  default long numel() {
    return (long) items() * slots() * width();
  }

  /** Vectors of a tensor, F32 [items, slots, width]. */
  static FeatureVectors of(Tensor tensor) {
    return new InMemory(tensor);
  }

  private static Tensor zeros(int items, int slots, int width) {
    return Tensor.full(DType.F32, Shape.of(items, slots, width), Device.CPU, 0);
  }

  private static Tensor whole(FeatureVectors vectors) {
    if (vectors.numel() > Integer.MAX_VALUE) {
      throw new DataException(
          "features: %d items with %d vectors of width %d are more numbers than a tensor holds"
              .formatted(vectors.items(), vectors.slots(), vectors.width()));
    }
    return vectors.rows(IntStream.range(0, vectors.items()).toArray());
  }

  /** Vectors in memory. */
  record InMemory(Tensor tensor) implements FeatureVectors {
    /** Checks type and shape. */
    public InMemory {
      if (tensor.dtype() != DType.F32 || tensor.rank() != 3) {
        throw new DataException(
            "features: vectors are " + tensor + ", not F32 [items, sentences, width]");
      }
    }

    @Override
    public int items() {
      return tensor.dim(0);
    }

    @Override
    public int slots() {
      return tensor.dim(1);
    }

    @Override
    public int width() {
      return tensor.dim(2);
    }

    @Override
    public boolean isInMemory() {
      return true;
    }

    @Override
    public Tensor rows(int... items) {
      Tensor table = tensor.reshape(items(), slots() * width());
      return Ops.gather(table, Tensor.of(items, items.length))
          .reshape(items.length, slots(), width());
    }

    @Override
    public String toString() {
      return tensor.toString();
    }
  }

  /**
   * Vectors in a mapped file, of which no more is read than is asked for. Large ones lie there in
   * several tensors, one after the other, since a tensor has fewer than 2³¹ numbers.
   */
  final class Stored implements FeatureVectors {
    private final MappedFeatures mapping;
    private final List<RowSource> tables;
    private final int itemsPerTensor;
    private final int items;
    private final int slots;
    private final int width;

    /**
     * Vectors of a modality.
     *
     * @param names the file's tensors, all of as many items as the first, but the last, which may
     *     have fewer
     */
    Stored(MappedFeatures mapping, List<String> names) {
      this.mapping = mapping;
      Checkpoint file = mapping.file();
      Shape first = file.tensors().get(names.getFirst()).shape();
      itemsPerTensor = Math.max(1, first.dim(0));
      slots = first.dim(1);
      width = first.dim(2);
      items = names.stream().mapToInt(name -> file.tensors().get(name).shape().dim(0)).sum();
      tables = names.stream().map(name -> file.rows(name, slots * width)).toList();
    }

    @Override
    public int items() {
      return items;
    }

    @Override
    public int slots() {
      return slots;
    }

    @Override
    public int width() {
      return width;
    }

    @Override
    public boolean isInMemory() {
      return false;
    }

    @Override
    public Tensor rows(int... wanted) {
      Tensor rows = zeros(wanted.length, slots, width);
      try {
        for (int i = 0; i < wanted.length; i++) {
          RowSource table = tables.get(wanted[i] / itemsPerTensor);
          Tensor row = table.load(wanted[i] % itemsPerTensor, 1);
          Ops.copyInto(rows.select(0, i), Ops.cast(row, DType.F32).reshape(slots, width));
        }
        return rows;
      } finally {
        Reference.reachabilityFence(mapping); // The file is open as long as this is there.
      }
    }

    @Override
    public Tensor tensor() {
      return whole(this);
    }

    @Override
    public String toString() {
      return mapping.file().source() + " F32[" + items + ", " + slots + ", " + width + "]";
    }
  }

  /** The vectors of some items and then those of others, neither of them copied. */
  record Joined(FeatureVectors first, FeatureVectors second) implements FeatureVectors {
    /** Checks that they are of a size. */
    public Joined {
      if (first.slots() != second.slots() || first.width() != second.width()) {
        throw new DataException("features: " + second + " do not fit " + first);
      }
    }

    @Override
    public int items() {
      return first.items() + second.items();
    }

    @Override
    public int slots() {
      return first.slots();
    }

    @Override
    public int width() {
      return first.width();
    }

    @Override
    public boolean isInMemory() {
      return false;
    }

    @Override
    public Tensor rows(int... items) {
      Tensor rows = zeros(items.length, slots(), width());
      copy(items, rows, true);
      copy(items, rows, false);
      return rows;
    }

    /** Reads the rows of one side, in one go, and puts each where it was asked for. */
    private void copy(int[] items, Tensor target, boolean fromFirst) {
      int border = first.items();
      int[] places =
          IntStream.range(0, items.length).filter(i -> items[i] < border == fromFirst).toArray();
      if (places.length == 0) {
        return;
      }
      int[] wanted =
          Arrays.stream(places).map(i -> fromFirst ? items[i] : items[i] - border).toArray();
      Tensor read = (fromFirst ? first : second).rows(wanted);
      for (int i = 0; i < places.length; i++) {
        Ops.copyInto(target.select(0, places[i]), read.select(0, i));
      }
    }

    @Override
    public Tensor tensor() {
      return whole(this);
    }
  }
}
