package dev.weft.nn.checkpoint;

import java.util.function.Function;

/**
 * A module and the checkpoint that it reads weights from when they are wanted; both end together.
 */
public final class OpenModule<M> implements AutoCloseable {
  private final String name;
  private final Checkpoint checkpoint;
  private volatile M module;

  private OpenModule(String name, M module, Checkpoint checkpoint) {
    this.name = name;
    this.module = module;
    this.checkpoint = checkpoint;
  }

  /**
   * A module whose weights are in memory.
   *
   * @param name what errors call it
   */
  public static <M> OpenModule<M> of(String name, M module) {
    return new OpenModule<>(name, module, null);
  }

  /**
   * A module made of a checkpoint, which is closed when that fails, when all that is wanted of it
   * is in memory, or with the module.
   */
  public static <M> OpenModule<M> load(
      String name, Checkpoint checkpoint, WeightUse use, Function<Checkpoint, M> create) {
    boolean isWanted = false;
    try {
      M module = create.apply(checkpoint);
      isWanted = use == WeightUse.INFERENCE;
      return new OpenModule<>(name, module, isWanted ? checkpoint : null);
    } finally {
      if (!isWanted) {
        checkpoint.close();
      }
    }
  }

  /**
   * The module.
   *
   * @throws IllegalStateException if this is closed
   */
  public M module() {
    M current = module;
    if (current == null) {
      throw new IllegalStateException(name + ": the model is closed");
    }
    return current;
  }

  @Override
  public void close() {
    module = null;
    if (checkpoint != null) {
      checkpoint.close();
    }
  }
}
