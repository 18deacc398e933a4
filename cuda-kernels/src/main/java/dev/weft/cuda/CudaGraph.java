package dev.weft.cuda;

import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Work of fixed shape that a device does again and again with one call instead of one for each
 * kernel, such as the forward pass of a network: a CUDA graph on a card, a list of launches on the
 * PTX machine. What the kernels were given is constant: the same addresses, the same sizes, the
 * same draws of random numbers. So inputs are tensors on the device, made before, whose numbers may
 * be exchanged in between (indices for such as lie in the same tables: a replay does not look, and
 * reads out of bounds where they do not); results are tensors of the graph, which every replay
 * writes anew; and the memory in between is the graph's until it is closed.
 */
public final class CudaGraph implements AutoCloseable {
  /** Runs before the noted one: what is made at first or second use is there by then. */
  private static final int WARM_UPS = 2;

  private final CudaMemory memory;
  private final List<Tensor> results = new ArrayList<>();
  private CudaMemory.Own own;
  private Captured captured;

  /**
   * Notes some work; see {@link CudaBackend#capture}.
   *
   * @throws CudaException if the work waits for the device or brings something from the host
   */
  CudaGraph(Gpu gpu, CudaMemory memory, CudaBackend on, Supplier<List<Tensor>> work) {
    this.memory = memory;
    memory.beginPoolOfItsOwn();
    try {
      for (int i = 0; i < WARM_UPS; i++) {
        run(memory, on, work);
      }
      gpu.beginCapture();
      boolean isDone = false;
      try {
        run(memory, on, work);
        isDone = true;
      } finally {
        captured = gpu.endCapture(isDone);
      }
    } finally {
      own = memory.endPoolOfItsOwn();
      if (captured == null) {
        memory.giveBack(own.blocks());
      }
    }
  }

  private void run(CudaMemory memory, CudaBackend on, Supplier<List<Tensor>> work) {
    try (var _ = Scope.open()) {
      List<Tensor> made = work.get();
      for (int i = 0; i < made.size(); i++) {
        Tensor from = made.get(i);
        if (results.size() == i) {
          CudaStorage storage = memory.collected(from.dtype(), from.numel());
          results.add(Tensor.over(storage, from.shape(), 0));
        }
        on.copy(from, results.get(i));
        IndexRange.wrote(results.get(i)); // A replay may bring other numbers.
      }
    }
  }

  /** Where the results are, in the order in which the work gave them. */
  public List<Tensor> results() {
    return List.copyOf(results);
  }

  /** How many kernels, copies and fills a replay is. */
  public int size() {
    return open().size();
  }

  /** Queues the work once more; a download of a result waits for it. */
  public void replay() {
    open().launch();
  }

  private Captured open() {
    if (captured == null) {
      throw new CudaException("a graph is used that has been closed");
    }
    return captured;
  }

  /** Gives its memory back; the results stay. */
  @Override
  public void close() {
    if (captured != null) {
      captured.close();
      captured = null;
      memory.giveBack(own.blocks());
      own = null;
    }
  }
}
