package dev.weft.tensor.contract;

import dev.weft.tensor.Backend;
import java.util.List;

/**
 * Found with {@link java.util.ServiceLoader}: where a module has one, the contract is held against
 * its backends and not, once more, against the processor's.
 */
public interface SubjectProvider {
  /** The backends to test, always the same objects. */
  List<Backend> backends();
}
