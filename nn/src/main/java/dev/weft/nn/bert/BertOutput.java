package dev.weft.nn.bert;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Tensor;
import java.util.List;

/**
 * What BERT makes of a batch.
 *
 * @param lastHiddenState [batch, seq, hidden]
 * @param poolerOutput [batch, hidden]: {@code tanh} of a linear map of the first token's state;
 *     null where the checkpoint has no pooler
 * @param hiddenStates the embeddings, then what leaves each layer: layers + 1 times [batch, seq,
 *     hidden]; empty unless asked for
 * @param attentionMaps per layer [batch, heads, seq, seq]; empty unless asked for
 */
public record BertOutput(
    Variable lastHiddenState,
    Variable poolerOutput,
    List<Variable> hiddenStates,
    List<Tensor> attentionMaps) {}
