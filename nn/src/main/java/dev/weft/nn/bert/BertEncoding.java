package dev.weft.nn.bert;

import dev.weft.nn.text.TokenBatch;
import dev.weft.tensor.Tensor;
import java.util.List;

/**
 * Texts as BERT sees them, all padded to the longest.
 *
 * @param tokens ids and mask, [texts, seq]
 * @param lastHiddenState [texts, seq, hidden]; at padding too, where it means nothing
 * @param poolerOutput [texts, hidden]; null where the model has no pooler
 * @param hiddenStates the embeddings, then what leaves each layer: layers + 1 times [texts, seq,
 *     hidden]; empty unless {@link dev.weft.nn.Detail#HIDDEN_STATES} was asked for
 * @param attentionMaps per layer [texts, heads, seq, seq], rows sum to 1 over the text's tokens;
 *     empty unless {@link dev.weft.nn.Detail#ATTENTION_MAPS} was asked for
 */
public record BertEncoding(
    TokenBatch tokens,
    Tensor lastHiddenState,
    Tensor poolerOutput,
    List<Tensor> hiddenStates,
    List<Tensor> attentionMaps) {}
