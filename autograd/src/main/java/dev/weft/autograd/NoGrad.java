package dev.weft.autograd;

import dev.weft.tensor.TensorException;

/**
 * While one is open, this thread's operations remember nothing: inference runs the same layers
 * without keeping a graph.
 *
 * <pre>{@code
 * try (var inference = NoGrad.open()) {
 *   Variable hidden = model.forward(tokens);
 * }
 * }</pre>
 */
public final class NoGrad implements AutoCloseable {
  private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 0);

  private final Thread owner = Thread.currentThread();
  private boolean closed;

  private NoGrad() {}

  /** Stops remembering until the result is closed; may be nested. */
  public static NoGrad open() {
    DEPTH.set(DEPTH.get() + 1);
    return new NoGrad();
  }

  /** Whether this thread remembers nothing now. */
  public static boolean isActive() {
    return DEPTH.get() > 0;
  }

  @Override
  public void close() {
    if (Thread.currentThread() != owner) {
      throw new TensorException("NoGrad: closed by a thread that did not open it");
    }
    if (!closed) {
      closed = true;
      DEPTH.set(DEPTH.get() - 1);
    }
  }
}
