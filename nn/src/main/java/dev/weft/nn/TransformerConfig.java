package dev.weft.nn;

import dev.weft.tensor.UnaryOp;

/**
 * What a Transformer is made of.
 *
 * @param layers number of layers
 * @param hiddenSize width of a position
 * @param heads attention heads; they divide the hidden size
 * @param feedForwardSize inner width of the feed-forward network
 * @param activation inside the feed-forward network
 * @param norm where layers normalise
 * @param epsilon of every layer norm
 * @param hiddenDropout on what attention and feed-forward add
 * @param attentionDropout on attention probabilities
 */
public record TransformerConfig(
    int layers,
    int hiddenSize,
    int heads,
    int feedForwardSize,
    UnaryOp activation,
    NormPlacement norm,
    double epsilon,
    double hiddenDropout,
    double attentionDropout) {

  /** BERT's kind of layers, four times as wide inside, one head per 64, and no dropout. */
  public static Builder builder(int layers, int hiddenSize) {
    return new Builder(layers, hiddenSize);
  }

  /** Collects what differs from the defaults. */
  public static final class Builder {
    private final int layers;
    private final int hiddenSize;
    private int heads;
    private int feedForwardSize;
    private UnaryOp activation = UnaryOp.GELU;
    private NormPlacement norm = NormPlacement.POST;
    private double epsilon = 1e-12;
    private double hiddenDropout;
    private double attentionDropout;

    private Builder(int layers, int hiddenSize) {
      this.layers = layers;
      this.hiddenSize = hiddenSize;
      this.heads = Math.max(1, hiddenSize / 64);
      this.feedForwardSize = 4 * hiddenSize;
    }

    /** Attention heads; they divide the hidden size. */
    public Builder heads(int value) {
      heads = value;
      return this;
    }

    /** Inner width of the feed-forward network. */
    public Builder feedForwardSize(int value) {
      feedForwardSize = value;
      return this;
    }

    /** Inside the feed-forward network. */
    public Builder activation(UnaryOp value) {
      activation = value;
      return this;
    }

    /** Where layers normalise. */
    public Builder norm(NormPlacement value) {
      norm = value;
      return this;
    }

    /** Of every layer norm. */
    public Builder epsilon(double value) {
      epsilon = value;
      return this;
    }

    /** On what attention and feed-forward add. */
    public Builder hiddenDropout(double value) {
      hiddenDropout = value;
      return this;
    }

    /** On attention probabilities. */
    public Builder attentionDropout(double value) {
      attentionDropout = value;
      return this;
    }

    /** The configuration. */
    public TransformerConfig build() {
      return new TransformerConfig(
          layers,
          hiddenSize,
          heads,
          feedForwardSize,
          activation,
          norm,
          epsilon,
          hiddenDropout,
          attentionDropout);
    }
  }
}
