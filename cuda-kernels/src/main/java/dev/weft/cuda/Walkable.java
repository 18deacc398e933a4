package dev.weft.cuda;

import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Operands as kernels can walk them, whose structures have room for so many axes: as they are, or,
 * where too many axes do not join into one, row-major copies that live until the kernel is queued.
 */
final class Walkable {
  private final CudaMemory memory;
  private final CudaElements elements;

  Walkable(CudaMemory memory, CudaElements elements) {
    this.memory = memory;
    this.elements = elements;
  }

  /** For kernels that walk all operands, which are of one shape, together. */
  void together(Consumer<Tensor[]> kernel, Tensor... operands) {
    run(Layout::fits, kernel, operands);
  }

  /** For kernels that walk the rows of each; operands may be null. */
  void rows(Consumer<Tensor[]> kernel, Tensor... operands) {
    run(all -> Arrays.stream(all).allMatch(x -> x == null || RowView.fits(x)), kernel, operands);
  }

  /** For products, whose batches are walked together. */
  void factors(Consumer<Tensor[]> kernel, Tensor a, Tensor b) {
    run(both -> ProductLayout.fits(both[0], both[1]), kernel, a, b);
  }

  private void run(Predicate<Tensor[]> fits, Consumer<Tensor[]> kernel, Tensor... operands) {
    if (fits.test(operands)) {
      kernel.accept(operands);
      return;
    }
    List<CudaStorage> copies = new ArrayList<>();
    Tensor[] dense = operands.clone();
    try {
      for (int i = 0; i < dense.length; i++) {
        if (dense[i] != null && !dense[i].isContiguous()) {
          dense[i] = copy(dense[i], copies);
        }
      }
      kernel.accept(dense);
    } finally {
      copies.forEach(CudaStorage::release);
    }
  }

  private Tensor copy(Tensor x, List<CudaStorage> copies) {
    CudaStorage storage = memory.take(x.dtype(), x.numel());
    copies.add(storage);
    Tensor dense = Tensor.over(storage, x.shape(), 0);
    elements.copy(x, dense);
    return dense;
  }
}
