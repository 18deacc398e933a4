package dev.weft.mp4sr.features;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * MP4SR's multimodal feature extraction (arXiv 2303.11879, section 3.2): {@code x_i^t =
 * stack[BERT(t_1) …]} for an item's sentences, {@code x_i^v = stack[BERT(concat(TopN(f(w))))]} for
 * its pictures, where {@code f(w) = cos(CLIP(v), CLIP(w))} over the words of a dictionary.
 *
 * <p>Missing and unreadable things are masked and counted. A killed run goes on where it was when
 * it is started again with the same input: what is done lies in {@code NAME.partial} beside the
 * result until that is complete.
 */
public final class FeatureExtractor {
  /** The usual name of the result. */
  public static final String FILE = "features.safetensors";

  private final Dataset dataset;
  private final FeatureOptions options;
  private final Path output;
  private final ProgressListener progress;
  private int resumedItems;

  private FeatureExtractor(
      Dataset dataset, FeatureOptions options, Path output, ProgressListener progress) {
    this.dataset = dataset;
    this.options = options;
    this.output = output.toAbsolutePath();
    this.progress = progress;
  }

  /**
   * Makes the features of a catalogue and writes them, with {@code tags.jsonl} beside them.
   *
   * @param bertFolder a BERT in Hugging Face's form
   * @param clipFolder a CLIP in Hugging Face's form; null: pictures are not read
   * @param dictionary the words to describe pictures with; null: the catalogue's own
   * @param output the safetensors file to write
   * @throws DataException when there is nothing to make features of, or nothing can be written
   * @throws dev.weft.nn.checkpoint.CheckpointException when a model folder cannot be used
   */
  public static FeatureResult extract(
      Dataset dataset,
      Path bertFolder,
      Path clipFolder,
      WordDictionary dictionary,
      FeatureOptions options,
      Path output,
      ProgressListener progress) {
    boolean hasImages = dataset.items().stream().anyMatch(item -> !item.images().isEmpty());
    boolean hasTexts = dataset.items().stream().anyMatch(item -> !item.texts().isEmpty());
    Path clip = hasImages ? clipFolder : null;
    if (!hasTexts && clip == null) {
      throw new DataException(
          "features: dataset "
              + dataset.name()
              + " has neither texts nor pictures to read; ingest it with its items' metadata");
    }
    WordDictionary words =
        clip == null || dictionary != null ? dictionary : WordDictionary.of(dataset);
    try (Encoders encoders = Encoders.load(bertFolder, clip, words, options)) {
      String fingerprint = FeatureFingerprint.of(dataset, bertFolder, clip, words, options);
      return new FeatureExtractor(dataset, options, output, progress)
          .run(encoders, fingerprint, clip == null ? 0 : words.words().size());
    }
  }

  private FeatureResult run(Encoders encoders, String fingerprint, int dictionaryWords) {
    Path partial = output.resolveSibling(output.getFileName() + ".partial");
    ChunkStore store = ChunkStore.open(partial, fingerprint);
    List<FeatureChunk> chunks = chunks(encoders, store);
    Features features = new FeatureAssembly(chunks, encoders.width()).features();
    try {
      List<ImageTags> tags = chunks.stream().flatMap(chunk -> chunk.tags().stream()).toList();
      ImageTags.write(output.resolveSibling(ImageTags.FILE), tags);
      features.write(output, metadata(fingerprint));
      store.delete();
    } catch (IOException e) {
      throw new DataException(output + ": cannot be written: " + e.getMessage(), e);
    }
    return new FeatureResult(features, summary(chunks, dictionaryWords, encoders.width()));
  }

  private List<FeatureChunk> chunks(Encoders encoders, ChunkStore store) {
    List<FeatureChunk> chunks = new ArrayList<>();
    List<Item> items = dataset.items();
    progress.start("features of " + dataset.name(), items.size());
    try {
      for (int from = 0; from < items.size(); from += options.chunkItems()) {
        int to = Math.min(items.size(), from + options.chunkItems());
        FeatureChunk chunk = store.read(chunks.size());
        if (chunk == null) {
          chunk = ChunkMaker.make(items.subList(from, to), encoders, options);
          store.write(chunks.size(), chunk);
        } else {
          resumedItems += to - from;
        }
        chunks.add(chunk);
        progress.step(to);
      }
    } finally {
      progress.end();
    }
    return chunks;
  }

  private Map<String, String> metadata(String fingerprint) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("format", "weft-features");
    metadata.put("version", "1");
    metadata.put("dataset", dataset.name());
    metadata.put("fingerprint", fingerprint);
    metadata.put("pooling", options.pooling().name());
    metadata.put("template", options.template());
    metadata.put("top_words", Integer.toString(options.topWords()));
    return metadata;
  }

  private FeatureSummary summary(List<FeatureChunk> chunks, int dictionaryWords, int width) {
    int[] texts = chunks.stream().flatMapToInt(c -> Arrays.stream(c.textCounts())).toArray();
    int[] images = chunks.stream().flatMapToInt(c -> Arrays.stream(c.imageCounts())).toArray();
    long used = Arrays.stream(texts).asLongStream().sum();
    return new FeatureSummary(
        dataset.items().size(),
        (int) Arrays.stream(texts).filter(count -> count > 0).count(),
        (int) Arrays.stream(images).filter(count -> count > 0).count(),
        used,
        dataset.items().stream().mapToLong(item -> item.texts().size()).sum() - used,
        Arrays.stream(images).asLongStream().sum(),
        chunks.stream().mapToLong(FeatureChunk::imagesBeyondLimit).sum(),
        chunks.stream().flatMap(c -> c.tags().stream()).filter(t -> t.error() != null).count(),
        dictionaryWords,
        resumedItems,
        width);
  }
}
