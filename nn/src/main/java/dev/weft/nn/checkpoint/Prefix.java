package dev.weft.nn.checkpoint;

import java.util.List;
import java.util.Optional;

/**
 * What stands before a model's names in a checkpoint where it is a part of something larger: {@code
 * bert.}, {@code module.}, or any other path that ends with a dot; empty where it is all.
 */
public final class Prefix {
  private Prefix() {}

  /**
   * The prefix of a name that the model must have.
   *
   * @return empty if there is no such name
   * @throws CheckpointException if it is there several times: the file holds several models
   */
  public static Optional<String> before(String name, Checkpoint checkpoint) {
    List<String> prefixes =
        checkpoint.tensors().keySet().stream()
            .filter(stored -> stored.equals(name) || stored.endsWith("." + name))
            .map(stored -> stored.substring(0, stored.length() - name.length()))
            .toList();
    if (prefixes.size() > 1) {
      throw new CheckpointException(
          checkpoint.source()
              + ": holds several models, with names that begin with "
              + Listed.some(prefixes.stream().map(Quoted::of).toList()));
    }
    return prefixes.stream().findFirst();
  }
}
