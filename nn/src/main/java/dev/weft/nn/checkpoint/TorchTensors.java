package dev.weft.nn.checkpoint;

import dev.weft.nn.checkpoint.PickleValue.StorageRef;
import dev.weft.nn.checkpoint.PickleValue.TensorRef;
import dev.weft.tensor.Shape;
import dev.weft.tensor.TensorException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Finds a file's tensors in its storages, and checks that they lie inside. */
final class TorchTensors {
  /** Elements that a tensor may have beyond its storage's, by repeating them with stride 0. */
  private static final int MOST_REPEATED = 1 << 22;

  private final String source;
  private final Storages storages;

  /** Where a storage's elements are. */
  @FunctionalInterface
  interface Storages {
    /** All bytes of a storage. */
    MemorySegment find(StorageRef storage);
  }

  TorchTensors(String source, Storages storages) {
    this.source = source;
    this.storages = storages;
  }

  /** The tensor of a name; the name is for errors. */
  StoredTensor find(String name, TensorRef tensor) {
    return new Finder(name, tensor).find();
  }

  private final class Finder {
    private final String name;
    private final TensorRef tensor;

    Finder(String name, TensorRef tensor) {
      this.name = name;
      this.tensor = tensor;
    }

    StoredTensor find() {
      if (tensor.type() == null) {
        throw error("has no element type");
      }
      TensorInfo info = new TensorInfo(tensor.type(), shape());
      MemorySegment storage = storage();
      long[] strides = numbers(tensor.strides());
      checkInside(info.shape(), strides, storage.byteSize() / info.type().byteSize());
      return new StoredTensor(info, storage, tensor.offset(), strides);
    }

    private Shape shape() {
      long[] extents = numbers(tensor.shape());
      int[] dims = new int[extents.length];
      for (int axis = 0; axis < dims.length; axis++) {
        if (extents[axis] > Integer.MAX_VALUE) {
          throw error("an extent of " + extents[axis] + " is too large");
        }
        dims[axis] = (int) extents[axis];
      }
      try {
        return Shape.of(dims);
      } catch (TensorException e) {
        throw error(e.getMessage());
      }
    }

    private long[] numbers(List<Object> items) {
      if (items.size() > 64) {
        throw error("has " + items.size() + " axes");
      }
      long[] numbers = new long[items.size()];
      for (int i = 0; i < numbers.length; i++) {
        if (!(items.get(i) instanceof Long number) || number < 0) {
          throw error("has a shape or strides that are no whole numbers from 0 on");
        }
        numbers[i] = number;
      }
      return numbers;
    }

    /** The part of the file that the tensor's storage stands for. */
    private MemorySegment storage() {
      StorageRef storage = tensor.storage();
      MemorySegment whole = storages.find(storage);
      int width = storage.type() == null ? 1 : storage.type().byteSize();
      long elements = whole.byteSize() / width;
      if (storage.start() < 0
          || storage.length() < 0
          || storage.start() > elements
          || storage.length() > elements - storage.start()) {
        throw error(
            "its storage of %d elements from %d on exceeds the %d of the file"
                .formatted(storage.length(), storage.start(), elements));
      }
      return whole.asSlice(storage.start() * width, storage.length() * width);
    }

    private void checkInside(Shape shape, long[] strides, long elements) {
      if (strides.length != shape.rank()) {
        throw error("has " + shape.rank() + " extents and " + strides.length + " strides");
      }
      if (shape.numel() == 0) {
        return;
      }
      try {
        long last = tensor.offset();
        for (int axis = 0; axis < strides.length; axis++) {
          last = Math.addExact(last, Math.multiplyExact(shape.dim(axis) - 1L, strides[axis]));
        }
        if (tensor.offset() >= 0 && last < elements) {
          checkRepetition(shape, elements);
          return;
        }
      } catch (ArithmeticException e) {
        // Far outside, then.
      }
      throw error(
          "%s at %d with these strides exceeds its storage of %d elements"
              .formatted(shape, tensor.offset(), elements));
    }

    /** A small file must not fill the memory. */
    private void checkRepetition(Shape shape, long elements) {
      if (shape.numel() > elements + MOST_REPEATED) {
        throw error(
            "%s repeats the %d elements of its storage; save a contiguous copy of it"
                .formatted(shape, elements));
      }
    }

    private CheckpointException error(String reason) {
      return new CheckpointException(source + ": tensor " + Quoted.of(name) + ": " + reason);
    }
  }
}
