package dev.weft.nn.checkpoint;

import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RowSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.cpu.HeapStorage;
import java.lang.ref.Reference;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors of one mapped file. Threads may load from it at the same time. */
final class MappedCheckpoint implements Checkpoint {
  /** Elements that are read in one go. */
  private static final int WINDOW = 1 << 21;

  private final MappedFile file;
  private final Map<String, StoredTensor> tensors;
  private final Map<String, TensorInfo> infos = new LinkedHashMap<>();
  private final Map<String, String> metadata;

  /** Takes over the file. */
  MappedCheckpoint(
      MappedFile file, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
    this.file = file;
    this.tensors = tensors;
    this.metadata = metadata;
    tensors.forEach((name, tensor) -> infos.put(name, tensor.info()));
  }

  @Override
  public String source() {
    return file.path().toString();
  }

  @Override
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(infos);
  }

  @Override
  public Tensor load(String name) {
    StoredTensor tensor = tensor(name);
    Tensor target = StoredType.zeros(tensor.info().dtype(), tensor.info().shape());
    fill(name, tensor, target);
    return target;
  }

  @Override
  public void loadInto(String name, Tensor target) {
    StoredTensor tensor = tensor(name);
    if (target.numel() != tensor.info().shape().numel()
        || !target.isContiguous()
        || !target.device().equals(Device.CPU)) {
      throw new TensorException(
          "loadInto: %s of %s into %s".formatted(name, tensor.info(), target.shape()));
    }
    fill(name, tensor, target);
  }

  private StoredTensor tensor(String name) {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new CheckpointException(source() + ": no tensor " + Quoted.of(name));
    }
    if (!file.isOpen()) {
      throw new CheckpointException(
          source() + ": closed before " + Quoted.of(name) + " was loaded");
    }
    return tensor;
  }

  @Override
  public RowSource rows(String name, int columns) {
    StoredTensor tensor = tensor(name);
    boolean isAsInMemory = tensor.info().type().byteSize() == tensor.info().dtype().byteSize();
    return tensor.isDense() && isAsInMemory && tensor.info().dtype().isFloatingPoint()
        ? new MappedRows(this, name, tensor, columns)
        : null;
  }

  /** Elements of a dense tensor, {@code index} counted in its storage, to an array of its type. */
  void readDense(String name, StoredTensor tensor, long index, int n, Object to, int at) {
    try {
      Elements.copy(tensor.info().type(), tensor.storage(), index, to, at, n);
    } catch (InternalError e) {
      throw cutShort(e);
    } catch (IllegalStateException e) {
      throw new CheckpointException(
          source() + ": " + Quoted.of(name) + " is wanted, but the model was closed", e);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** Lets go of a dense tensor's pages. */
  void forgetDense(StoredTensor tensor, long index, long n) {
    try {
      forget(tensor, index, 1, n);
    } catch (IllegalStateException e) {
      // The file was closed: its pages are gone.
    }
  }

  /** What the JVM makes of a page fault behind the end of a file that has shrunk. */
  private CheckpointException cutShort(InternalError e) {
    return new CheckpointException(source() + ": was cut short while it was open", e);
  }

  private void fill(String name, StoredTensor tensor, Tensor target) {
    try {
      tensor.forEachRun(
          (index, stride, at, length) -> {
            for (int done = 0, n; done < length; done += n) {
              n = Math.min(WINDOW, length - done);
              read(tensor, index + done * stride, stride, target, at + done, n);
              forget(tensor, index + done * stride, stride, n);
            }
          });
    } catch (InternalError e) {
      throw cutShort(e);
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          source() + ": tensor " + Quoted.of(name) + ": " + e.getMessage(), e);
    }
  }

  private static void read(
      StoredTensor tensor, long index, long stride, Tensor target, int at, int n) {
    StoredType type = tensor.info().type();
    HeapStorage storage = (HeapStorage) target.storage();
    int start = target.offset() + at;
    boolean isHalf = type == StoredType.F16 || type == StoredType.BF16;
    if (type.dtype() == target.dtype()) {
      Elements.read(type, tensor.storage(), index, stride, storage, start, n);
    } else if (isHalf && target.dtype() == DType.F32) {
      Elements.readHalves(type, tensor.storage(), index, stride, storage.floats(), start, n);
    } else {
      Tensor part = StoredType.zeros(type.dtype(), Shape.of(n));
      Elements.read(type, tensor.storage(), index, stride, (HeapStorage) part.storage(), 0, n);
      Ops.copyInto(Tensor.over(storage, Shape.of(n), start), part);
    }
  }

  /**
   * Lets go of the pages that were read, so that a model on its way in does not lie in memory
   * twice; who needs them again finds them in the system's cache.
   */
  private static void forget(StoredTensor tensor, long index, long stride, long n) {
    int width = tensor.info().type().byteSize();
    if (stride == 1 && n * width >= 1 << 16) {
      tensor.storage().asSlice(index * width, n * width).unload();
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
