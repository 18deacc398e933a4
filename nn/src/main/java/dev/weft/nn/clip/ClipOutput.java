package dev.weft.nn.clip;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Tensor;
import java.util.List;

/**
 * What one of CLIP's encoders makes of a batch of texts or images.
 *
 * @param embedding in the shared space, not normalised, [batch, projection]; null where the
 *     checkpoint has no projection
 * @param pooled what is projected: the normalised state of the end token or of the class token,
 *     [batch, hidden]
 * @param lastHiddenState [batch, seq, hidden]: of texts after the final layer norm, of images as it
 *     leaves the last layer
 * @param hiddenStates what enters the first layer and what leaves each: layers + 1 times [batch,
 *     seq, hidden]; empty unless asked for
 * @param attentionMaps per layer [batch, heads, seq, seq]; empty unless asked for
 */
public record ClipOutput(
    Variable embedding,
    Variable pooled,
    Variable lastHiddenState,
    List<Variable> hiddenStates,
    List<Tensor> attentionMaps) {

  /** The embedding, or what would be projected where there is no projection. */
  public Variable vector() {
    return embedding == null ? pooled : embedding;
  }
}
