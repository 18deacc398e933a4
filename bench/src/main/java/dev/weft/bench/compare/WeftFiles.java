package dev.weft.bench.compare;

import dev.weft.nn.bert.BertModel;
import dev.weft.nn.bert.BertPooling;
import dev.weft.nn.clip.ClipModel;
import dev.weft.nn.text.WordPiece;
import java.nio.file.Path;
import java.util.List;

/** From files to vectors, as our users do it. */
final class WeftFiles {
  private WeftFiles() {}

  static Job texts(Kind.Texts it) {
    WordPiece tokenizer = WordPiece.load(SampleFiles.tokenizer());
    BertModel bert = BertModel.create(Models.weights().constant(), Models.bertConfig(), tokenizer);
    return new TensorJob(() -> bert.embed(SampleFiles.texts(it.count()), BertPooling.CLS));
  }

  static Job pictures(Kind.Pictures it) {
    ClipModel clip = ClipModel.create(Models.weights().constant(), Models.clipConfig(), null);
    List<Path> files = SampleFiles.pictures(it.count());
    return new TensorJob(() -> clip.encodeFiles(files));
  }
}
