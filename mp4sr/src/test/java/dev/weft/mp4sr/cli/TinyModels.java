package dev.weft.mp4sr.cli;

import dev.weft.nn.NormPlacement;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.Weights;
import dev.weft.nn.bert.BertConfig;
import dev.weft.nn.bert.BertModel;
import dev.weft.nn.clip.ClipConfig;
import dev.weft.nn.clip.ClipModel;
import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.nn.text.BpeTrainer;
import dev.weft.nn.text.ClipBpe;
import dev.weft.nn.text.WordPiece;
import dev.weft.nn.text.WordPieceTrainer;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.UnaryOp;
import java.nio.file.Path;
import java.util.List;

/** Model folders of a few kilobytes. */
final class TinyModels {
  private static final List<String> TEXTS = List.of("red kettle", "blue bowl", "red lamp, striped");
  private static final int WIDTH = 8;

  private TinyModels() {}

  static Path bert(Path folder) {
    WordPiece tokenizer = new WordPieceTrainer(160).train(TEXTS);
    TransformerConfig encoder = TransformerConfig.builder(1, WIDTH).heads(2).build();
    BertConfig config = BertConfig.of(tokenizer.vocabularySize(), encoder);
    try (BertModel model = BertModel.create(weights(), config, tokenizer)) {
      model.save(folder);
    }
    return folder;
  }

  static Path clip(Path folder) {
    ClipBpe tokenizer = new BpeTrainer(600).train(TEXTS);
    TransformerConfig encoder =
        TransformerConfig.builder(1, WIDTH)
            .heads(2)
            .activation(UnaryOp.QUICK_GELU)
            .norm(NormPlacement.PRE)
            .build();
    ClipConfig config =
        new ClipConfig(
            new ClipConfig.Text(tokenizer.vocabularySize(), 77, tokenizer.endId(), encoder),
            new ClipConfig.Vision(16, 8, 3, encoder),
            WIDTH);
    try (ClipModel model = ClipModel.create(weights(), config, tokenizer)) {
      model.save(folder);
    }
    ClipPreprocessor.ofSize(16).save(folder);
    return folder;
  }

  private static Weights weights() {
    return Weights.random(DType.F32, new RandomSource(1));
  }
}
