package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.AdamSlot;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;

/**
 * What an optimiser does with all parameters at once: steps of Adam and AdamW, and the squares of
 * the gradients' norm.
 */
final class CudaAdam {
  private static final int PARAMETER_BYTES = 40;
  private static final int RUN_BYTES = 16;
  private static final int ELEMENTS_A_BLOCK = 4 * Launcher.THREADS;
  private static final int SQUARES_A_BLOCK = 16 * Launcher.THREADS;

  private final CudaMemory memory;
  private final KeptTables tables;
  private final Launcher adam;
  private final Launcher squares;

  CudaAdam(Gpu gpu, CudaMemory memory) {
    this.memory = memory;
    this.tables = new KeptTables(gpu, memory);
    this.adam = new Launcher(gpu, "adam");
    this.squares = new Launcher(gpu, "sum_of_squares");
  }

  /** {@link dev.weft.tensor.Backend#adamStep}. */
  void adamStep(AdamOptions options, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    DType dtype = weight.dtype();
    byte[] parameter = new byte[PARAMETER_BYTES];
    put(buffer(parameter), new AdamSlot(weight, gradient, m, v));
    Arguments arguments = new Arguments().add(parameter);
    adam.elements("adam" + suffix(dtype), weight.numel(), arguments.add(step(options, dtype)));
  }

  /** {@link dev.weft.tensor.Backend#adamSteps}: a launch for each element type. */
  void adamSteps(AdamOptions options, List<AdamSlot> slots, Tensor factor) {
    for (DType dtype : List.of(DType.F32, DType.F64)) {
      List<AdamSlot> own = slots.stream().filter(slot -> slot.weight().dtype() == dtype).toList();
      Table<AdamSlot> table =
          new Table<>(own, slot -> slot.weight().numel(), PARAMETER_BYTES, ELEMENTS_A_BLOCK);
      if (table.blocks() > 0) {
        Arguments arguments = table.arguments(tables, CudaAdam::put);
        arguments.add(CudaStorage.address(factor)).add(step(options, dtype));
        Dim3 threads = Dim3.of(Launcher.THREADS);
        adam.launch("adam_all" + suffix(dtype), Dim3.of(table.blocks()), threads, arguments);
      }
    }
  }

  /** {@link dev.weft.tensor.Backend#sumOfSquares}. */
  void sumOfSquares(List<Tensor> tensors, Tensor out) {
    List<Tensor> single = tensors.stream().filter(x -> x.dtype() == DType.F32).toList();
    List<Tensor> others = tensors.stream().filter(x -> x.dtype() != DType.F32).toList();
    Table<Tensor> first = new Table<>(single, Tensor::numel, RUN_BYTES, SQUARES_A_BLOCK);
    Table<Tensor> second = new Table<>(others, Tensor::numel, RUN_BYTES, SQUARES_A_BLOCK);
    int chunks = first.blocks() + second.blocks();
    CudaStorage storage = memory.take(DType.F64, Math.max(chunks, 1));
    try {
      long sums = CudaStorage.address(Tensor.over(storage, Shape.of(1), 0));
      addChunks(first, DType.F32, sums);
      addChunks(second, DType.F64, sums + 8L * first.blocks());
      Arguments arguments = new Arguments().add(sums).add(chunks).add(CudaStorage.address(out));
      squares.launch("sum_of_squares_chunks", Dim3.of(1), Dim3.of(Launcher.THREADS), arguments);
    } finally {
      storage.release();
    }
  }

  private void addChunks(Table<Tensor> table, DType dtype, long sums) {
    if (table.blocks() > 0) {
      Arguments arguments = table.arguments(tables, CudaAdam::putRun).add(sums);
      Dim3 threads = Dim3.of(Launcher.THREADS);
      squares.launch("sum_of_squares" + suffix(dtype), Dim3.of(table.blocks()), threads, arguments);
    }
  }

  private static String suffix(DType dtype) {
    return dtype == DType.F32 ? "_f32" : "_f64";
  }

  /**
   * What a kernel over a list of tensors reads: a structure for each, and how many blocks come
   * before its own.
   */
  private record Table<S>(List<S> slots, ToIntFunction<S> length, int bytes, int elementsABlock) {
    private int blocksOf(S slot) {
      return (length.applyAsInt(slot) + elementsABlock - 1) / elementsABlock;
    }

    int blocks() {
      return slots.stream().mapToInt(this::blocksOf).sum();
    }

    /** The first arguments of such a kernel: both tables and their length. */
    Arguments arguments(KeptTables tables, BiConsumer<ByteBuffer, S> put) {
      byte[] table = new byte[(bytes + Integer.BYTES) * slots.size()];
      ByteBuffer structures = buffer(table);
      int before = 0;
      for (int t = 0; t < slots.size(); t++) {
        put.accept(structures, slots.get(t));
        structures.putInt(bytes * slots.size() + Integer.BYTES * t, before);
        before += blocksOf(slots.get(t));
      }
      long address = tables.address(table);
      return new Arguments()
          .add(address)
          .add(address + (long) bytes * slots.size())
          .add(slots.size());
    }
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void put(ByteBuffer to, AdamSlot slot) {
    to.putLong(CudaStorage.address(slot.weight()))
        .putLong(CudaStorage.address(slot.gradient()))
        .putLong(CudaStorage.address(slot.m()))
        .putLong(CudaStorage.address(slot.v()))
        .putLong(slot.weight().numel());
  }

  private static void putRun(ByteBuffer to, Tensor x) {
    to.putLong(CudaStorage.address(x)).putLong(x.numel());
  }

  /** {@code Step} in {@code adam.cu}: what is the same for all elements, worked out in double. */
  static byte[] step(AdamOptions o, DType dtype) {
    double[] values = {
      o.beta1(),
      1 - o.beta1(),
      o.beta2(),
      1 - o.beta2(),
      o.epsilon(),
      o.decoupled() ? 0 : o.weightDecay(),
      o.decoupled() ? 1 - o.learningRate() * o.weightDecay() : 1,
      o.learningRate() / (1 - Math.pow(o.beta1(), (double) o.step())),
      1 / (1 - Math.pow(o.beta2(), (double) o.step()))
    };
    byte[] structure = new byte[values.length * dtype.byteSize()];
    ByteBuffer bytes = buffer(structure);
    for (double value : values) {
      if (dtype == DType.F32) {
        bytes.putFloat((float) value);
      } else {
        bytes.putDouble(value);
      }
    }
    return structure;
  }
}
