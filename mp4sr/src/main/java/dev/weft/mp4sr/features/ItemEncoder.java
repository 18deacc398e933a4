package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the features of items that a catalogue does not have, with the encoders that the
 * catalogue's came from. That they are the same is checked on an item of the catalogue, which is
 * encoded again: vectors of other encoders would be ranked, and mean nothing.
 */
public final class ItemEncoder {
  /** Half precision keeps 1e-3; another order of sums in F32 changes less. */
  private static final double TOLERANCE = 1e-2;

  private final Path file;
  private final Dataset dataset;
  private final Features features;
  private final Encoders encoders;
  private final FeatureOptions options;

  private ItemEncoder(
      Path file, Dataset dataset, Features features, Encoders encoders, FeatureOptions options) {
    this.file = file;
    this.dataset = dataset;
    this.features = features;
    this.encoders = encoders;
    this.options = options;
  }

  /**
   * The features of new items, as wide as the catalogue's: of an item's texts and pictures those
   * count that the catalogue has room for, the first ones.
   *
   * @param items not of the catalogue; those with pictures are read by CLIP
   * @param file the catalogue's features
   * @param dataset the catalogue
   * @param features what {@code file} holds
   * @param origin the encoders; {@link FeatureOrigin#read} of the file, or others in their place
   * @throws DataException when a picture cannot be read, an item has nothing that could be encoded,
   *     or the encoders are not those that the features came from
   * @throws dev.weft.nn.checkpoint.CheckpointException when a model folder cannot be used
   */
  public static Features encode(
      List<Item> items, Path file, Dataset dataset, Features features, FeatureOrigin origin) {
    boolean hasPictures = items.stream().anyMatch(item -> !item.images().isEmpty());
    FeatureOptions options = origin.options();
    boolean bag = options.textEncoder() == TextEncoderKind.BAG;
    if (!bag && origin.bert() == null) {
      throw new DataException(
          file + ": does not say which BERT made it; give its folder with --bert");
    }
    if (hasPictures && origin.clip() == null) {
      throw new DataException(
          file
              + ": does not say which CLIP read the pictures; give its folder with --clip, or leave"
              + " the picture out");
    }
    Path kept = file.toAbsolutePath().resolveSibling(WordVectors.FILE);
    WordDictionary words = hasPictures ? WordVectors.dictionary(kept, dataset) : null;
    try (Encoders encoders =
        Encoders.load(
            bag ? null : origin.bert(),
            hasPictures ? origin.clip() : null,
            words,
            options,
            kept,
            WordVectors.Keeping.READ)) {
      return new ItemEncoder(file, dataset, features, encoders, options).encode(items);
    }
  }

  private Features encode(List<Item> items) {
    if (encoders.width() != features.width()) {
      throw others(
          "its vectors are %d wide, BERT's %d".formatted(features.width(), encoders.width()));
    }
    probe();
    List<Item> cut = items.stream().map(this::cut).toList();
    FeatureChunk chunk = ChunkMaker.make(cut, encoders, options);
    chunk.tags().stream()
        .filter(tags -> tags.error() != null)
        .findFirst()
        .ifPresent(
            tags -> {
              throw new DataException("new " + tags.trouble());
            });
    for (int i = 0; i < items.size(); i++) {
      if (chunk.textCounts()[i] + chunk.imageCounts()[i] == 0) {
        throw new DataException(
            "new item " + items.get(i).id() + ": has no text and no picture to be ranked by");
      }
    }
    return FeatureAssembly.of(
        chunk, features.width(), features.text().slots(), features.image().slots());
  }

  /** What the catalogue's tensors have room for. */
  private Item cut(Item item) {
    return new Item(
        item.id(),
        first(item.texts(), features.text().slots()),
        first(item.images(), features.image().slots()));
  }

  private static List<String> first(List<String> all, int count) {
    return all.subList(0, Math.min(count, all.size()));
  }

  /** Encodes items of the catalogue again: one for its texts, one for its pictures. */
  private void probe() {
    List<Integer> asked = new ArrayList<>();
    add(asked, features.textMask());
    if (encoders.readsImages()) {
      add(asked, features.imageMask());
    }
    for (int item : asked) {
      Item known = dataset.items().get(item);
      FeatureChunk chunk = ChunkMaker.make(List.of(known), encoders, options);
      require("texts", known, features.text(), item, chunk.text());
      if (encoders.readsImages() && chunk.tags().stream().allMatch(tags -> tags.error() == null)) {
        require("pictures", known, features.image(), item, chunk.image());
      }
    }
  }

  private static void add(List<Integer> asked, Tensor mask) {
    int[] flags = mask.toInts();
    for (int i = 0; i < flags.length; i++) {
      if (flags[i] != 0) {
        asked.add(i / mask.dim(1));
        return;
      }
    }
  }

  private void require(String what, Item item, FeatureVectors of, int row, float[] made) {
    float[] stored = of.rows(row).toFloats();
    double greatest = 0;
    double furthest = 0;
    for (int i = 0; i < Math.min(made.length, stored.length); i++) {
      greatest = Math.max(greatest, Math.abs(stored[i]));
      furthest = Math.max(furthest, Math.abs(stored[i] - made[i]));
    }
    if (!(furthest <= TOLERANCE * greatest)) {
      throw others("the %s of item %s come out otherwise now".formatted(what, item.id()));
    }
  }

  private DataException others(String why) {
    return new DataException(
        file
            + ": was made by other encoders or options: "
            + why
            + "; --bert and --clip name the right ones, or extract the features again");
  }
}
