package dev.weft.mp4sr.data.sample;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.mp4sr.features.WordDictionary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Makes a small BERT and a small CLIP for the sample, in Hugging Face's form: vocabularies learnt
 * from the catalogue's own texts, weights random.
 *
 * <p>They are not trained: no caption, no label and no gradient has gone into them, and which word
 * CLIP chooses for a picture means nothing. What they do is tell different things apart: their last
 * norms and projections are fitted to the catalogue in closed form ({@code docs/data.md}), so that
 * pictures of unlike colour or pattern get unlike words, and unlike words unlike vectors.
 */
public final class SampleEncoders {
  /** Name of the BERT's folder. */
  public static final String BERT = "bert";

  /** Name of the CLIP's folder. */
  public static final String CLIP = "clip";

  private static final int WORDS_OF_A_PICTURE = 15;

  private SampleEncoders() {}

  /**
   * Writes both folders.
   *
   * @param folder gets the folders {@value #BERT} and {@value #CLIP}
   * @param dataset with the texts to learn vocabularies from, and the pictures to fit CLIP to
   * @throws DataException when the catalogue has no texts or no readable picture
   */
  public static void write(Path folder, Dataset dataset, long seed, ProgressListener progress) {
    List<String> texts = dataset.items().stream().flatMap(item -> item.texts().stream()).toList();
    if (texts.isEmpty()) {
      throw new DataException("sample encoders: dataset " + dataset.name() + " has no texts");
    }
    List<String> words = WordDictionary.of(dataset).words();
    List<Path> pictures = dataset.items().stream().flatMap(SampleEncoders::first).toList();
    progress.start("making encoders", 2);
    try {
      RandomBert.write(folder.resolve(BERT), texts, sentences(words, texts.size() / 2, seed), seed);
      progress.step(1);
      RandomClip.write(folder.resolve(CLIP), texts, words, pictures, seed);
      progress.step(2);
    } finally {
      progress.end();
    }
  }

  private static Stream<Path> first(Item item) {
    return item.images().stream().limit(1).map(Path::of);
  }

  /** Sentences of the kind that describes a picture: words of the dictionary in any order. */
  private static List<String> sentences(List<String> words, int count, long seed) {
    Random random = Streams.of(seed, "sentences", 0);
    List<String> sentences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> drawn = new ArrayList<>();
      for (int k = 0; k < WORDS_OF_A_PICTURE; k++) {
        drawn.add(Streams.pick(random, words));
      }
      sentences.add(String.join(" ", drawn));
    }
    return sentences;
  }
}
