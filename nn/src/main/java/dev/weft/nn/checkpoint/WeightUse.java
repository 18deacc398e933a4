package dev.weft.nn.checkpoint;

import dev.weft.tensor.DType;

/** What a model is loaded for, and so what becomes of its weights. */
public enum WeightUse {
  /**
   * Constants. Matrices lie in the file until they are wanted, then layers lay them out for
   * products; those in half precision, F16 or BF16, stay in it. The checkpoint must stay open for
   * as long as the model is used.
   */
  INFERENCE,
  /** Parameters: to be trained, or saved. Weights in half precision become F32. */
  TRAINING;

  /** A checkpoint's weights for this, computing in F32. */
  public CheckpointWeights of(Checkpoint checkpoint, Naming naming) {
    CheckpointWeights weights =
        new CheckpointWeights(checkpoint, checkpoint.source(), DType.F32, naming);
    return this == INFERENCE ? weights.left() : weights;
  }
}
