package dev.weft.nn.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Which of the files of a tokenizer are there. */
final class VocabularySource {
  static final String BERT_VOCABULARY = "vocab.txt";
  static final String CLIP_VOCABULARY = "vocab.json";
  static final String CLIP_MERGES = "merges.txt";

  /** OpenAI's one file. */
  static final String CLIP_ARCHIVE = "bpe_simple_vocab_16e6.txt.gz";

  private VocabularySource() {}

  /** Whether a folder or file holds a CLIP vocabulary; if not, it may hold BERT's. */
  static boolean isClip(Path path) {
    if (!Files.exists(path)) {
      throw new TokenizerException(path + ": no such file or folder");
    }
    if (!Files.isDirectory(path)) {
      return isFileOfClip(path);
    }
    if (Files.exists(path.resolve(BERT_VOCABULARY))) {
      return false;
    }
    if (Files.exists(path.resolve(CLIP_VOCABULARY)) || Files.exists(path.resolve(CLIP_ARCHIVE))) {
      return true;
    }
    Path json = path.resolve(TokenizerJson.FILE);
    if (Files.exists(json)) {
      return isFileOfClip(json);
    }
    throw new TokenizerException(
        "%s: has none of %s, %s (BERT), %s, %s (CLIP)"
            .formatted(path, BERT_VOCABULARY, TokenizerJson.FILE, CLIP_VOCABULARY, CLIP_ARCHIVE));
  }

  /** Whether a folder holds a vocabulary of any kind, or a part of one. */
  static boolean isIn(Path folder) {
    return Stream.of(
            BERT_VOCABULARY, CLIP_VOCABULARY, CLIP_MERGES, CLIP_ARCHIVE, TokenizerJson.FILE)
        .anyMatch(name -> Files.exists(folder.resolve(name)));
  }

  private static boolean isFileOfClip(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".gz")
        || (name.endsWith(".json") && TokenizerJson.read(file).modelType().equals("BPE"));
  }

  /** The folder whose configuration goes with a folder or file. */
  static TokenizerConfig config(Path path) {
    return Files.isDirectory(path) ? TokenizerConfig.read(path) : TokenizerConfig.none(path);
  }

  /** The tokenizer.json of a folder, or the file itself if it is JSON; null if there is none. */
  static Path json(Path path) {
    if (Files.isDirectory(path)) {
      Path file = path.resolve(TokenizerJson.FILE);
      return Files.exists(file) ? file : null;
    }
    return path.getFileName().toString().endsWith(".json") ? path : null;
  }
}
