package dev.weft.nn.bert;

import dev.weft.autograd.Variable;

/**
 * What BERT makes of a batch.
 *
 * @param lastHiddenState [batch, seq, hidden]
 * @param poolerOutput [batch, hidden]: {@code tanh} of a linear map of the first token's state;
 *     null where the checkpoint has no pooler
 */
public record BertOutput(Variable lastHiddenState, Variable poolerOutput) {}
