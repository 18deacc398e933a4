package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Random numbers and dropout from Philox streams, with the processor's bits. */
final class CudaRandom {
  private final Launcher random;
  private final Launcher dropout;

  CudaRandom(Gpu gpu, CudaMemory memory) {
    this.random = new Launcher(gpu, "random");
    this.dropout = new Launcher(gpu, "dropout");
  }

  /** {@link dev.weft.tensor.Backend#randomUniform}. */
  void randomUniform(RandomKey key, Tensor out) {
    fill("uniform", key, out);
  }

  /** {@link dev.weft.tensor.Backend#randomNormal}. */
  void randomNormal(RandomKey key, Tensor out) {
    fill("normal", key, out);
  }

  private void fill(String numbers, RandomKey key, Tensor out) {
    Arguments arguments = new Arguments().add(CudaStorage.address(out)).add(structure(key));
    random.vectors(numbers + (out.dtype() == DType.F32 ? "_f32" : "_f64"), out.numel(), arguments);
  }

  /** {@code RandomKey} in {@code philox.cuh}. */
  static byte[] structure(RandomKey key) {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(key.seed())
        .putLong(key.stream())
        .array();
  }

  /** {@link dev.weft.tensor.Backend#dropout}. */
  void dropout(Tensor x, double probability, RandomKey key, Tensor out) {
    Layout layout = Layout.of(x);
    Arguments arguments =
        new Arguments()
            .add(CudaStorage.address(x))
            .add(CudaStorage.address(out))
            .add(probability)
            .add(1 / (1 - probability))
            .add(structure(key));
    if (x.dtype() == DType.F32 && CudaElements.isDense(layout, x, out)) {
      dropout.vectors("dropout_dense", out.numel(), arguments);
    } else {
      String kernel = x.dtype() == DType.F32 ? "dropout_f32" : "dropout_f64";
      dropout.elements(kernel, out.numel(), arguments.add(layout.bytes()).add(out.numel()));
    }
  }
}
