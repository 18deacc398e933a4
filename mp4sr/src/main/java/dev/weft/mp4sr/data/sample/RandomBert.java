package dev.weft.mp4sr.data.sample;

import dev.weft.mp4sr.data.sample.WideWeights.Gains;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.bert.BertConfig;
import dev.weft.nn.bert.BertModel;
import dev.weft.nn.bert.BertPooling;
import dev.weft.nn.text.WordPiece;
import dev.weft.nn.text.WordPieceTrainer;
import dev.weft.tensor.RandomSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A BERT of two layers with random weights, whose [CLS] state is spread over its space. */
final class RandomBert {
  private static final int VOCABULARY = 2000;
  private static final int HIDDEN = 128;
  private static final Gains GAINS = new Gains(1, 0.02, 0.1, 1, 1, 1);

  private RandomBert() {}

  /**
   * Writes the folder.
   *
   * @param texts to learn the vocabulary from
   * @param sentences further ones to be told apart
   */
  static void write(Path folder, List<String> texts, List<String> sentences, long seed) {
    WordPiece wordPiece = new WordPieceTrainer(VOCABULARY).train(texts);
    TransformerConfig layers =
        TransformerConfig.builder(2, HIDDEN).heads(2).feedForwardSize(4 * HIDDEN).build();
    WideWeights weights = new WideWeights(new RandomSource(seed), GAINS);
    List<String> seen = new ArrayList<>(texts);
    seen.addAll(sentences);
    BertConfig config = BertConfig.of(wordPiece.vocabularySize(), layers);
    try (BertModel bert = BertModel.create(weights, config, wordPiece)) {
      Calibration.standardise(
          bert.network().encoder().layers().getLast().feedForwardNorm(),
          bert.embed(seen, BertPooling.CLS));
      bert.save(folder);
    }
  }
}
