package dev.weft.nn.checkpoint;

import dev.weft.tensor.DType;

/** What a model is loaded for, and so what becomes of its weights. */
public enum WeightUse {
  /**
   * Constants. Layers lay their weights out for products, in the same memory; matrices in half
   * precision, F16 or BF16, stay in it.
   */
  INFERENCE,
  /** Parameters: to be trained, or saved. Weights in half precision become F32. */
  TRAINING;

  /** A checkpoint's weights for this, computing in F32. */
  public CheckpointWeights of(Checkpoint checkpoint, Naming naming) {
    CheckpointWeights weights =
        new CheckpointWeights(checkpoint, checkpoint.source(), DType.F32, naming);
    return this == INFERENCE ? weights.constant() : weights;
  }
}
