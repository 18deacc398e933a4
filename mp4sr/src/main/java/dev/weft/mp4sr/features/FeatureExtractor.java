package dev.weft.mp4sr.features;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

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
   * @param bertFolder a BERT in Hugging Face's form; not looked at where the options want a bag of
   *     words
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
    Path bert = options.textEncoder() == TextEncoderKind.BAG ? null : bertFolder;
    Supplier<String> fingerprint = () -> FeatureFingerprint.of(dataset, bert, clip, words, options);
    int dictionaryWords = clip == null ? 0 : words.words().size();
    FeatureExtractor extractor = new FeatureExtractor(dataset, options, output, progress);
    if (Files.exists(output)
        && Files.exists(extractor.tagsFile())
        && Features.isOf(output, fingerprint.get())) {
      return extractor.done(dictionaryWords);
    }
    Path wordsFile = extractor.output.resolveSibling(WordVectors.FILE);
    FeatureOrigin origin = new FeatureOrigin(bert, clip, options);
    try (Encoders encoders =
        Encoders.load(bert, clip, words, options, wordsFile, WordVectors.Keeping.READ_AND_WRITE)) {
      return extractor.run(encoders, origin, fingerprint.get(), dictionaryWords);
    }
  }

  private Path tagsFile() {
    return output.resolveSibling(ImageTags.FILE);
  }

  /** All is there already, made of the same input in the same way. */
  private FeatureResult done(int dictionaryWords) {
    Features features = Features.read(output);
    resumedItems = dataset.items().size();
    FeatureCounts counts = FeatureCounts.of(features.textMask(), features.imageMask());
    ImageTags.forEach(tagsFile(), counts::addTags);
    return result(features, counts, dictionaryWords);
  }

  private FeatureResult run(
      Encoders encoders, FeatureOrigin origin, String fingerprint, int dictionaryWords) {
    Path partial = output.resolveSibling(output.getFileName() + ".partial");
    FeatureSize.require(
        dataset, options, encoders.width(), encoders.readsImages(), output, partial);
    ChunkStore store = ChunkStore.open(partial, fingerprint);
    FeatureCounts counts = new FeatureCounts(dataset.items().size());
    int chunks = makeMissing(encoders, store, counts);
    try {
      Iterable<FeatureChunk> all = store.chunks(chunks);
      ImageTags.write(tagsFile(), tags(all));
      new FeatureAssembly(all, counts.texts(), counts.images(), encoders.width())
          .write(output, options.dtype(), metadata(origin, fingerprint));
      store.delete();
      return result(Features.read(output), counts, dictionaryWords);
    } catch (IOException e) {
      throw new DataException(output + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static Iterable<ImageTags> tags(Iterable<FeatureChunk> chunks) {
    return () ->
        StreamSupport.stream(chunks.spliterator(), false)
            .flatMap(chunk -> chunk.tags().stream())
            .iterator();
  }

  /**
   * Makes the chunks that are not there and counts what all of them hold; none is kept in memory.
   */
  private int makeMissing(Encoders encoders, ChunkStore store, FeatureCounts counts) {
    List<Item> items = dataset.items();
    int number = 0;
    progress.start("features of " + dataset.name(), items.size());
    try {
      for (int from = 0; from < items.size(); from += options.chunkItems(), number++) {
        int to = Math.min(items.size(), from + options.chunkItems());
        FeatureChunk chunk = store.read(number);
        if (chunk == null) {
          chunk = ChunkMaker.make(items.subList(from, to), encoders, options);
          store.write(number, chunk);
        } else {
          resumedItems += to - from;
        }
        counts.add(from, chunk);
        progress.step(to);
      }
    } finally {
      progress.end();
    }
    return number;
  }

  private Map<String, String> metadata(FeatureOrigin origin, String fingerprint) {
    Map<String, String> metadata = origin.metadata(output);
    metadata.put("format", "weft-features");
    metadata.put("version", "1");
    metadata.put("dataset", dataset.name());
    metadata.put("fingerprint", fingerprint);
    return metadata;
  }

  private FeatureResult result(Features features, FeatureCounts counts, int dictionaryWords) {
    long usedTexts = Arrays.stream(counts.texts()).asLongStream().sum();
    long usedImages = Arrays.stream(counts.images()).asLongStream().sum();
    // Without CLIP no picture was looked at, and none was left out for being one too many.
    long known =
        dictionaryWords == 0
            ? usedImages
            : dataset.items().stream().mapToLong(item -> item.images().size()).sum();
    FeatureSummary summary =
        new FeatureSummary(
            dataset.items().size(),
            (int) Arrays.stream(counts.texts()).filter(count -> count > 0).count(),
            (int) Arrays.stream(counts.images()).filter(count -> count > 0).count(),
            counts.itemsWithNeither(),
            usedTexts,
            dataset.items().stream().mapToLong(item -> item.texts().size()).sum() - usedTexts,
            usedImages,
            known - usedImages - counts.broken(),
            counts.broken(),
            counts.troubles(),
            dictionaryWords,
            resumedItems,
            features.width());
    return new FeatureResult(features, summary);
  }
}
