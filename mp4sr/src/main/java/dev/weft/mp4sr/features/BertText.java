package dev.weft.mp4sr.features;

import dev.weft.nn.bert.BertModel;
import dev.weft.nn.bert.BertPooling;
import java.nio.file.Path;
import java.util.List;

/** BERT: the [CLS] state, or the mean of all. */
record BertText(BertModel bert, BertPooling pooling) implements TextEncoder {
  static BertText load(Path folder, BertPooling pooling) {
    return new BertText(BertModel.load(folder), pooling);
  }

  @Override
  public int width() {
    return bert.config().encoder().hiddenSize();
  }

  @Override
  public float[] encode(List<String> sentences) {
    return bert.embed(sentences, pooling).toFloats();
  }

  @Override
  public void close() {
    bert.close();
  }
}
