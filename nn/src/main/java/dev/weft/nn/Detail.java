package dev.weft.nn;

/**
 * What a model can show of its inside, besides its result. Asked for by name, else not computed.
 */
public enum Detail {
  /** What enters the first layer and what leaves each: layers + 1 times [batch, seq, hidden]. */
  HIDDEN_STATES,
  /**
   * How much each position attends to each: per layer [batch, heads, seq, seq]. Takes the square of
   * the length in memory, and a tenth more time.
   */
  ATTENTION_MAPS
}
