package dev.weft.mp4sr.features;

/** What reads the texts. */
public enum TextEncoderKind {
  /** BERT, as the paper has it. */
  BERT,
  /**
   * A stand-in: the sum of random word vectors. For data whose words no language model knows, such
   * as numbered attributes, and never what the paper means.
   */
  BAG
}
