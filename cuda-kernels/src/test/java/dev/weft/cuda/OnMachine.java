package dev.weft.cuda;

import dev.weft.cuda.ptx.Counters;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Tensors on the PTX machine, for families of operations without a backend around them. */
final class OnMachine {
  final Gpu gpu;
  final CudaMemory memory;
  private final Random random = new Random(7);

  OnMachine(int capability) {
    this(new MachineGpu(capability, 1L << 30));
  }

  private OnMachine(Gpu gpu) {
    this.gpu = gpu;
    memory = new CudaMemory(gpu, Device.cuda(0));
  }

  /** With one module's text changed. */
  static OnMachine changing(String module, UnaryOperator<String> change) {
    return new OnMachine(
        new MachineGpu(
            80,
            1L << 30,
            name -> {
              String text = PtxKernels.text(name, 80);
              return name.equals(module) ? change.apply(text) : text;
            },
            new Counters(false)));
  }

  /** Counting accesses to memory too. */
  static OnMachine counting(Counters counters) {
    return new OnMachine(new MachineGpu(80, 1L << 30, name -> PtxKernels.text(name, 80), counters));
  }

  float[] normal(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  Tensor put(float[] values, int... dims) {
    Tensor tensor = empty(dims);
    gpu.upload(MemorySegment.ofArray(values), CudaStorage.address(tensor));
    return tensor;
  }

  Tensor empty(int... dims) {
    Shape shape = Shape.of(dims);
    return Tensor.over(memory.take(DType.F32, shape.numel()), shape, 0);
  }

  float[] floats(Tensor tensor) {
    float[] values = new float[tensor.numel()];
    gpu.download(CudaStorage.address(tensor), MemorySegment.ofArray(values));
    return values;
  }

  /** Numbers in double precision, [count]. */
  Tensor doubles(double... values) {
    Tensor tensor = Tensor.over(memory.take(DType.F64, values.length), Shape.of(values.length), 0);
    gpu.upload(MemorySegment.ofArray(values), CudaStorage.address(tensor));
    return tensor;
  }

  /** The first of those. */
  double first(Tensor doubles) {
    double[] values = new double[1];
    gpu.download(CudaStorage.address(doubles), MemorySegment.ofArray(values));
    return values[0];
  }

  /** The same numbers in double precision on the processor. */
  static Tensor exact(float[] values, int... dims) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return Tensor.of(wide, dims);
  }

  static Tensor result(int... dims) {
    return Tensor.zeros(DType.F64, dims);
  }
}
