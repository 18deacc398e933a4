package dev.weft.nn.clip;

import dev.weft.tensor.Tensor;
import java.util.List;

/**
 * Texts or images as CLIP sees them.
 *
 * @param embedding in the shared space, not normalised, [n, projection]; null where the model has
 *     no projection
 * @param pooled what is projected, [n, hidden]
 * @param lastHiddenState [n, seq, hidden]: of texts after the final layer norm, of images as it
 *     leaves the last layer; texts are padded, and states of padding mean nothing
 * @param hiddenStates what enters the first layer and what leaves each: layers + 1 times [n, seq,
 *     hidden]; empty unless {@link dev.weft.nn.Detail#HIDDEN_STATES} was asked for
 * @param attentionMaps per layer [n, heads, seq, seq], rows sum to 1; empty unless {@link
 *     dev.weft.nn.Detail#ATTENTION_MAPS} was asked for
 */
public record ClipEncoding(
    Tensor embedding,
    Tensor pooled,
    Tensor lastHiddenState,
    List<Tensor> hiddenStates,
    List<Tensor> attentionMaps) {}
