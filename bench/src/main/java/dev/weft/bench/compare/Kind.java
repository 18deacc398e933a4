package dev.weft.bench.compare;

/** What is computed, with its sizes: what an engine needs to know to do the same as the others. */
public sealed interface Kind {

  /** {@code [batch, m, k] × [batch, k, n]}; batch 1 is a product of two matrices. */
  record Matmul(int batch, int m, int k, int n) implements Kind {}

  /** Softmax over the rows of a matrix, or its vector-Jacobian product from the result. */
  record Softmax(int rows, int columns, Pass pass) implements Kind {}

  /** Layer normalisation of the rows of a matrix, or its three gradients from saved statistics. */
  record LayerNorm(int rows, int columns, Pass pass) implements Kind {}

  /** GELU by erf of every element of a matrix, or its vector-Jacobian product from the input. */
  record Gelu(int rows, int columns, Pass pass) implements Kind {}

  /** A copy of a matrix into new memory: nothing is computed, so nothing of its size is faster. */
  record Copy(int rows, int columns) implements Kind {}

  /** Fused multiply-adds in registers: the most that one thread can do. */
  record FmaPeak() implements Kind {}

  /**
   * BERT-base over texts that have no padding.
   *
   * @param batch texts
   * @param length tokens of each
   */
  record Bert(int batch, int length) implements Kind {}

  /** CLIP ViT-B/32's image encoder over preprocessed images. */
  record ClipImage(int batch) implements Kind {}

  /**
   * Texts of a file to one vector each, tokenizer and BERT-base together.
   *
   * @param count texts; see {@link SampleFiles}
   */
  record Texts(int count) implements Kind {}

  /**
   * JPEG files to one vector each: decoder, resize and CLIP ViT-B/32's image encoder together.
   *
   * @param count pictures; see {@link SampleFiles}
   */
  record Pictures(int count) implements Kind {}

  /**
   * M²SE's pre-training: loss, gradients, clipping and Adam of one batch; sizes in {@link Models}.
   *
   * @param dropout 0 takes all that is random out, so that losses can be compared
   */
  record M2seStep(double dropout) implements Kind {}

  /**
   * SASRec's training at every position of its histories: loss, gradients, clipping and Adam of one
   * batch; sizes in {@link Models}.
   *
   * @param dropout as M²SE's
   */
  record SasRecStep(double dropout) implements Kind {}

  /**
   * How far results may differ, in units of their root mean square. F32 sums in another order are
   * all there is, but for losses under dropout, which every engine draws by itself, and pictures,
   * which everybody decodes and resizes with other roundings.
   */
  default double tolerance() {
    return switch (this) {
      case M2seStep step when step.dropout() > 0 -> 0.05;
      case SasRecStep step when step.dropout() > 0 -> 0.05;
      case Pictures _ -> 0.2;
      default -> 2e-3;
    };
  }

  /** Which way. */
  enum Pass {
    FORWARD,
    BACKWARD
  }
}
