package dev.weft.mp4sr.features;

import dev.weft.nn.checkpoint.Checkpoint;
import java.lang.ref.Cleaner;

/**
 * A file of features that stays mapped for as long as somebody refers to this: the vectors of both
 * modalities lie in one file, and either may outlive the other.
 */
final class MappedFeatures {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Checkpoint file;
  private final Cleaner.Cleanable closing;

  /** Takes the file over. */
  MappedFeatures(Checkpoint file) {
    this.file = file;
    this.closing = CLEANER.register(this, file::close);
  }

  Checkpoint file() {
    return file;
  }

  /** At once, where nothing is left in the file that is needed. */
  void close() {
    closing.clean();
  }
}
