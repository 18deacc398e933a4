package dev.weft.cuda;

import dev.weft.tensor.Backend;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Device;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.HeapStorage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Primitives without a kernel: the operands come down, the processor computes, the result goes up.
 * Each is named here, and every use is counted, so that none goes unseen.
 */
final class HostRoute {
  /** What still takes this way. */
  enum Primitive {
    FILL,
    COPY,
    UNARY,
    UNARY_BACKWARD,
    BINARY,
    COMPARE,
    SELECT,
    REDUCE,
    ARG_MAX,
    GATHER,
    SCATTER_ADD,
    RANDOM_UNIFORM,
    RANDOM_NORMAL,
    DROPOUT,
    TOP_K,
    ADAM_STEP;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private final Gpu gpu;
  private final Map<Primitive, LongAdder> uses = new EnumMap<>(Primitive.class);

  HostRoute(Gpu gpu) {
    this.gpu = gpu;
    for (Primitive primitive : Primitive.values()) {
      uses.put(primitive, new LongAdder());
    }
  }

  /** Names of what has no kernel. */
  static List<String> primitives() {
    return Arrays.stream(Primitive.values()).map(Primitive::toString).toList();
  }

  /** How often a primitive took this way. */
  long uses(Primitive primitive) {
    return uses.get(primitive).sum();
  }

  /** The operands of one call, on the host for its time. */
  final class Call implements AutoCloseable {
    private record Written(Tensor host, Tensor device) {}

    private final List<Written> written = new ArrayList<>();

    /** An operand that is read. */
    Tensor in(Tensor tensor) {
      return tensor == null ? null : down(tensor);
    }

    /** An operand that is written, whether it is read or not. */
    Tensor out(Tensor tensor) {
      for (Written known : written) {
        if (known.device == tensor) {
          return known.host;
        }
      }
      Tensor host = down(tensor);
      written.add(new Written(host, tensor));
      return host;
    }

    @Override
    public void close() {
      for (Written result : written) {
        up(result.host, result.device);
      }
    }
  }

  /** Counts a use and runs it. */
  void run(Primitive primitive, Consumer<Call> body) {
    uses.get(primitive).increment();
    Call call = new Call();
    body.accept(call);
    call.close();
  }

  /** The processor's backend. */
  Backend cpu() {
    return Backends.of(Device.CPU);
  }

  /** Elements from a view's first to its last. */
  private static int span(Tensor tensor) {
    if (tensor.numel() == 0) {
      return 0;
    }
    int last = 0;
    for (int axis = 0; axis < tensor.rank(); axis++) {
      last += (tensor.dim(axis) - 1) * tensor.stride(axis);
    }
    return last + 1;
  }

  private HeapStorage downSpan(Tensor tensor) {
    HeapStorage span = HostArrays.allocate(tensor.dtype(), span(tensor));
    if (span.length() > 0) {
      gpu.download(CudaStorage.address(tensor), HostArrays.bytes(span, span.length()));
    }
    return span;
  }

  private Tensor down(Tensor tensor) {
    HeapStorage span = downSpan(tensor);
    HeapStorage dense = HostArrays.allocate(tensor.dtype(), tensor.numel());
    move(tensor, 0, 0, new int[1], (at, number) -> one(span, at, dense, number));
    return Tensor.over(dense, tensor.shape(), 0);
  }

  private void up(Tensor host, Tensor tensor) {
    if (tensor.numel() == 0) {
      return;
    }
    HeapStorage dense = (HeapStorage) host.storage();
    HeapStorage span = tensor.isContiguous() ? dense : downSpan(tensor);
    if (!tensor.isContiguous()) {
      move(tensor, 0, 0, new int[1], (at, number) -> one(dense, number, span, at));
    }
    gpu.upload(HostArrays.bytes(span, span(tensor)), CudaStorage.address(tensor));
  }

  private static void one(HeapStorage from, int at, HeapStorage to, int place) {
    System.arraycopy(from.array(), at, to.array(), place, 1);
  }

  private interface Element {
    void at(int place, int number);
  }

  /** Visits a view's elements in row-major order. */
  private static void move(Tensor tensor, int axis, int at, int[] number, Element element) {
    if (axis == tensor.rank()) {
      element.at(at, number[0]++);
      return;
    }
    for (int i = 0; i < tensor.dim(axis); i++) {
      move(tensor, axis + 1, at + i * tensor.stride(axis), number, element);
    }
  }
}
