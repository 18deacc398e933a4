package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.checkpoint.StreamedTensor;
import dev.weft.nn.checkpoint.TensorInfo;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The file of features: {@code text}, {@code text_mask}, {@code image}, {@code image_mask}. Vectors
 * of more than {@link #MOST} numbers are several tensors, {@code text.0000}, {@code text.0001} and
 * so on, all of as many items as the first, but the last. Neither writing nor reading needs them in
 * memory.
 */
final class FeatureFile {
  /** Numbers of a tensor in the file: 4 GiB in F32. */
  static final long MOST = 1L << 30;

  /** Vectors of so many numbers are held in memory, 1 GiB in F32; more are left in the file. */
  static final long IN_MEMORY = Long.getLong("weft.features.inMemory", 1L << 28);

  private static final int BLOCK = 1 << 22;
  private static final float LARGEST_HALF = 65504;

  private FeatureFile() {}

  /**
   * One modality to be written.
   *
   * @param mask BOOL [items, slots]
   * @param parts the vectors of all items, F32, some items at a time
   */
  record Side(Tensor mask, int slots, int width, Iterable<Tensor> parts) {
    /** What the file holds of it, by name. */
    private Map<String, StreamedTensor> tensors(String name, DType dtype, long most) {
      Map<String, StreamedTensor> tensors = new LinkedHashMap<>();
      int items = mask.dim(0);
      int perTensor = Math.clamp(most / ((long) slots * width), 1, Math.max(1, items));
      Cut cut = new Cut(parts.iterator(), dtype);
      for (int from = 0, number = 0; from == 0 || from < items; from += perTensor, number++) {
        int count = Math.min(perTensor, items - from);
        tensors.put(
            perTensor >= items ? name : numbered(name, number),
            new StreamedTensor(
                dtype,
                Shape.of(count, slots, width),
                () -> cut.next((long) count * slots * width)));
      }
      tensors.put(name + "_mask", StreamedTensor.of(mask));
      return tensors;
    }
  }

  /** With digits enough that the file, which sorts names, has them in their order. */
  private static String numbered(String name, int number) {
    return String.format(Locale.ROOT, "%s.%04d", name, number);
  }

  /** Items whose vectors are had at a time: 16 MiB in F32. */
  static int itemsAtATime(int slots, int width) {
    return Math.clamp(BLOCK / ((long) slots * width), 1, BLOCK);
  }

  static void write(
      Path file, DType dtype, Map<String, String> metadata, Side text, Side image, long most) {
    Map<String, StreamedTensor> tensors = new LinkedHashMap<>(text.tensors("text", dtype, most));
    tensors.putAll(image.tensors("image", dtype, most));
    SafeTensors.writeStreamed(file, tensors, metadata);
  }

  /** Cuts a stream of tensors anew, in the file's element type. */
  private static final class Cut {
    private final Iterator<Tensor> parts;
    private final DType dtype;
    private final ArrayDeque<Tensor> left = new ArrayDeque<>();

    Cut(Iterator<Tensor> parts, DType dtype) {
      this.parts = parts;
      this.dtype = dtype;
    }

    /** So many of the numbers that come next. */
    Iterator<Tensor> next(long count) {
      return new Iterator<>() {
        private long missing = count;

        @Override
        public boolean hasNext() {
          return missing > 0 && (!left.isEmpty() || parts.hasNext());
        }

        @Override
        public Tensor next() {
          Tensor part = left.isEmpty() ? flat(parts.next()) : left.pop();
          if (part.numel() > missing) {
            left.push(part.slice(0, (int) missing, part.numel()));
            part = part.slice(0, 0, (int) missing);
          }
          missing -= part.numel();
          return dtype == DType.F16 ? half(part) : part;
        }
      };
    }
  }

  private static Tensor flat(Tensor part) {
    return part.reshape(part.numel());
  }

  private static Tensor half(Tensor tensor) {
    float[] values = tensor.toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.clamp(values[i], -LARGEST_HALF, LARGEST_HALF);
    }
    return Ops.cast(Tensor.of(values, tensor.shape().dims()), DType.F16);
  }

  /**
   * Reads a file; vectors of more than {@code inMemory} numbers stay in it.
   *
   * @throws DataException when a tensor is missing or does not fit
   */
  @SuppressWarnings("MustBeClosedChecker") // the mapping closes it
  static Features read(Path file, long inMemory) {
    if (!Files.exists(file)) {
      throw new DataException(file + ": no such file; features are made by `mp4sr features`");
    }
    Checkpoint checkpoint = SafeTensors.open(file);
    MappedFeatures mapping = new MappedFeatures(checkpoint);
    boolean isNeeded = false;
    try {
      FeatureVectors text = vectors(mapping, "text", inMemory);
      FeatureVectors image = vectors(mapping, "image", inMemory);
      Tensor textMask = load(checkpoint, "text_mask");
      Tensor imageMask = load(checkpoint, "image_mask");
      isNeeded = !text.isInMemory() || !image.isInMemory();
      return new Features(text, textMask, image, imageMask);
    } catch (DataException e) {
      isNeeded = false;
      throw new DataException(file + ": " + e.getMessage(), e);
    } finally {
      if (!isNeeded) {
        mapping.close();
      }
    }
  }

  private static FeatureVectors vectors(MappedFeatures mapping, String name, long inMemory) {
    Checkpoint file = mapping.file();
    List<String> names = names(file, name);
    long numel = 0;
    TensorInfo first = file.tensors().get(names.getFirst());
    for (String each : names) {
      TensorInfo info = file.tensors().get(each);
      check(each, info, first.shape(), each.equals(names.getLast()));
      numel += info.shape().numel();
    }
    if (names.size() == 1 && numel <= inMemory) {
      return FeatureVectors.of(Ops.cast(file.load(names.getFirst()), DType.F32));
    }
    FeatureVectors stored = new FeatureVectors.Stored(mapping, names);
    return numel <= inMemory ? FeatureVectors.of(stored.tensor()) : stored;
  }

  private static List<String> names(Checkpoint file, String name) {
    if (file.tensors().containsKey(name)) {
      return List.of(name);
    }
    List<String> names = new ArrayList<>();
    while (file.tensors().containsKey(numbered(name, names.size()))) {
      names.add(numbered(name, names.size()));
    }
    if (names.isEmpty()) {
      throw missing(name);
    }
    return names;
  }

  private static void check(String name, TensorInfo info, Shape first, boolean isLast) {
    boolean isFloat = info.dtype() == DType.F32 || info.dtype() == DType.F16;
    if (!isFloat || info.shape().rank() != 3) {
      throw new DataException(
          "features: " + name + " is " + info + ", not F32 or F16 [items, sentences, width]");
    }
    int items = info.shape().dim(0);
    boolean fits = isLast ? items <= first.dim(0) : items == first.dim(0);
    if (!fits || info.shape().dim(1) != first.dim(1) || info.shape().dim(2) != first.dim(2)) {
      throw new DataException("features: " + name + " is " + info + ", the first of it " + first);
    }
  }

  private static Tensor load(Checkpoint file, String name) {
    if (!file.tensors().containsKey(name)) {
      throw missing(name);
    }
    return file.load(name);
  }

  private static DataException missing(String name) {
    return new DataException("no tensor " + name + "; features are made by `mp4sr features`");
  }
}
