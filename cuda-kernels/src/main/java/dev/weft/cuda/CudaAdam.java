package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Steps of Adam and AdamW: for one tensor, or for a whole list in one launch. */
final class CudaAdam {
  private static final int PARAMETER_BYTES = 40;
  private static final int ELEMENTS_A_BLOCK = 4 * Launcher.THREADS;

  private final Gpu gpu;
  private final CudaMemory memory;
  private final Launcher launcher;

  CudaAdam(Gpu gpu, CudaMemory memory) {
    this.gpu = gpu;
    this.memory = memory;
    this.launcher = new Launcher(gpu, "adam");
  }

  /** A parameter with what a step needs of it; all contiguous, of one shape, F32. */
  record Slot(Tensor weight, Tensor gradient, Tensor m, Tensor v) {}

  /** {@link dev.weft.tensor.Backend#adamStep}. */
  void adamStep(AdamOptions options, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    Slot slot = new Slot(weight, gradient, m, v);
    DType dtype = weight.dtype();
    byte[] parameter = new byte[PARAMETER_BYTES];
    put(buffer(parameter), slot);
    Arguments arguments = new Arguments().add(parameter);
    String kernel = dtype == DType.F32 ? "adam_f32" : "adam_f64";
    launcher.elements(kernel, weight.numel(), arguments.add(step(options, dtype)));
  }

  /** The same step for F32 parameters of a list, in one launch. */
  void adamSteps(AdamOptions options, List<Slot> slots) {
    byte[] table = new byte[(PARAMETER_BYTES + 4) * slots.size()];
    ByteBuffer parameters = buffer(table);
    int blocks = 0;
    for (int t = 0; t < slots.size(); t++) {
      Slot slot = slots.get(t);
      put(parameters, slot);
      parameters.putInt(PARAMETER_BYTES * slots.size() + 4 * t, blocks);
      blocks += (slot.weight.numel() + ELEMENTS_A_BLOCK - 1) / ELEMENTS_A_BLOCK;
    }
    if (blocks == 0) {
      return;
    }
    CudaStorage storage = memory.take(DType.U8, table.length);
    long address = CudaStorage.address(Tensor.over(storage, Shape.of(1), 0));
    gpu.upload(MemorySegment.ofArray(table), address);
    Arguments arguments =
        new Arguments()
            .add(address)
            .add(address + (long) PARAMETER_BYTES * slots.size())
            .add(slots.size())
            .add(step(options, DType.F32));
    launcher.launch("adam_all", Dim3.of(blocks), Dim3.of(Launcher.THREADS), arguments);
    storage.release();
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void put(ByteBuffer to, Slot slot) {
    to.putLong(CudaStorage.address(slot.weight))
        .putLong(CudaStorage.address(slot.gradient))
        .putLong(CudaStorage.address(slot.m))
        .putLong(CudaStorage.address(slot.v))
        .putLong(slot.weight.numel());
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
