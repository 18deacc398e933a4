package dev.weft.tensor;

import java.util.Arrays;

/**
 * Memory that is given back: what a thread allocates while a scope is open returns to the pool when
 * it closes, unless {@linkplain #keep kept}.
 *
 * <pre>{@code
 * try (var scope = Scope.open()) {
 *   Tensor logits = model.forward(batch);
 *   return scope.keep(Ops.softmax(logits, -1));
 * }
 * }</pre>
 *
 * <p>Scopes nest and belong to the thread that opened them. Without an open scope, memory is the
 * garbage collector's. What the pool has lent and holds is counted: {@link Backend#memory}.
 */
public final class Scope implements AutoCloseable {
  private static final ThreadLocal<Scope> CURRENT = new ThreadLocal<>();

  private final Scope outer;
  private final Thread owner = Thread.currentThread();
  private Storage[] owned = new Storage[8];
  private int count;
  private boolean closed;

  private Scope(Scope outer) {
    this.outer = outer;
  }

  /** Opens a scope inside the current one. */
  public static Scope open() {
    Scope scope = new Scope(CURRENT.get());
    CURRENT.set(scope);
    return scope;
  }

  /**
   * Hands a tensor's memory to the scope around this one, or to the garbage collector where there
   * is none; also when a scope opened inside this one owns it.
   *
   * @return the same tensor
   */
  public Tensor keep(Tensor tensor) {
    checkOpen();
    Storage storage = tensor.storage();
    if (takeOut(storage, outer)) {
      if (outer == null) {
        storage.detach();
      } else {
        outer.own(storage);
      }
    }
    return tensor;
  }

  /** Takes a storage from whichever of this thread's scopes inside {@code end} owns it. */
  private static boolean takeOut(Storage storage, Scope end) {
    for (Scope scope = CURRENT.get(); scope != end; scope = scope.outer) {
      if (scope.disown(storage)) {
        return true;
      }
    }
    return false;
  }

  private void own(Storage storage) {
    if (count == owned.length) {
      owned = Arrays.copyOf(owned, 2 * count);
    }
    owned[count++] = storage;
  }

  /** Latest first: what is kept is a result, and those come last. */
  private boolean disown(Storage storage) {
    for (int i = count - 1; i >= 0; i--) {
      if (owned[i].equals(storage)) {
        owned[i] = owned[--count];
        owned[count] = null;
        return true;
      }
    }
    return false;
  }

  /**
   * Takes a tensor out of every scope of this thread: it lives until the garbage collector finds it
   * unused. For what outlasts a step, such as weights and an optimiser's moments.
   *
   * @return the same tensor
   */
  public static Tensor detach(Tensor tensor) {
    if (takeOut(tensor.storage(), null)) {
      tensor.storage().detach();
    }
    return tensor;
  }

  /** Number of storages that this scope will release. */
  public int size() {
    return count;
  }

  /** Releases what was allocated and not kept. Inner scopes must have been closed before. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    checkOpen();
    if (CURRENT.get() != this) {
      throw new TensorException("scope: closed before a scope opened inside it; close inner first");
    }
    closed = true;
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
    // The latest first, so that the earliest, which the next round asks for first, lie on top.
    while (count > 0) {
      owned[--count].release();
    }
    owned = null;
  }

  private void checkOpen() {
    if (closed) {
      throw new TensorException("scope: already closed");
    }
    if (Thread.currentThread() != owner) {
      throw new TensorException("scope: used by a thread that did not open it");
    }
  }

  /** Uninitialised memory, owned by the current scope if there is one. */
  static Storage allocate(Backend backend, DType dtype, int length) {
    Scope scope = CURRENT.get();
    Storage storage = backend.allocate(dtype, length, scope != null);
    if (scope != null) {
      scope.own(storage);
    }
    return storage;
  }
}
