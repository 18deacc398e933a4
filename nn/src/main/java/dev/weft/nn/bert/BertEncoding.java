package dev.weft.nn.bert;

import dev.weft.nn.text.TokenBatch;
import dev.weft.tensor.Tensor;

/**
 * Texts as BERT sees them, all padded to the longest.
 *
 * @param tokens ids and mask, [texts, seq]
 * @param lastHiddenState [texts, seq, hidden]; at padding too, where it means nothing
 * @param poolerOutput [texts, hidden]; null where the model has no pooler
 */
public record BertEncoding(TokenBatch tokens, Tensor lastHiddenState, Tensor poolerOutput) {}
