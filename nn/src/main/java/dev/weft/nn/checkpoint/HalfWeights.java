package dev.weft.nn.checkpoint;

import dev.weft.tensor.DType;

/** What becomes of weights that a checkpoint stores in half precision, F16 or BF16. */
public enum HalfWeights {
  /** Matrices stay as they lie: half the memory. They are constants and cannot be trained. */
  AS_STORED,
  /** All become F32: to be trained, or saved as such. */
  WIDENED;

  /** A checkpoint's weights treated so, computing in F32. */
  public CheckpointWeights of(Checkpoint checkpoint, Naming naming) {
    CheckpointWeights weights =
        new CheckpointWeights(checkpoint, checkpoint.source(), DType.F32, naming);
    return this == AS_STORED ? weights.keepingHalf() : weights;
  }
}
