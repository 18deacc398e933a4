package dev.weft.mp4sr.model;

import dev.weft.autograd.Variable;
import dev.weft.nn.Mode;
import java.util.Map;

/** Something that can be trained: parameters and the loss of a batch. */
public interface TrainingTask {
  /** A short name for reports and folders. */
  String name();

  /** What is trained, by name, always in the same order. */
  Map<String, Variable> parameters();

  /**
   * The loss of a batch, a scalar.
   *
   * @param mode training, which draws from its random source, or inference
   * @param parts hears the loss's components
   */
  Variable loss(TrainingBatch batch, Mode mode, LossListener parts);
}
