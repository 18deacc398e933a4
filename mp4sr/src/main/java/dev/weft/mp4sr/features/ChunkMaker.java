package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.Item;
import dev.weft.nn.image.ImageException;
import dev.weft.nn.image.Images;
import java.awt.image.BufferedImage;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes the features of some items: reads pictures, finds their words, lets BERT read it all. */
final class ChunkMaker {
  private final Encoders encoders;
  private final FeatureOptions options;
  private final List<String> sentences = new ArrayList<>();
  private final List<ImageTags> tags = new ArrayList<>();
  private int imagesBeyondLimit;

  private ChunkMaker(Encoders encoders, FeatureOptions options) {
    this.encoders = encoders;
    this.options = options;
  }

  static FeatureChunk make(List<Item> items, Encoders encoders, FeatureOptions options) {
    return new ChunkMaker(encoders, options).make(items);
  }

  private FeatureChunk make(List<Item> items) {
    int[] textCounts = new int[items.size()];
    for (int i = 0; i < textCounts.length; i++) {
      List<String> texts = items.get(i).texts();
      textCounts[i] = Math.min(texts.size(), options.maxTexts());
      sentences.addAll(texts.subList(0, textCounts[i]));
    }
    int texts = sentences.size();
    int[] imageCounts = encoders.readsImages() ? describe(items) : new int[items.size()];
    float[] vectors = encoders.sentences(sentences);
    int cut = texts * encoders.width();
    return new FeatureChunk(
        textCounts,
        Arrays.copyOf(vectors, cut),
        imageCounts,
        Arrays.copyOfRange(vectors, cut, vectors.length),
        tags,
        imagesBeyondLimit);
  }

  /** Adds a sentence for each readable picture; counts them by item. */
  private int[] describe(List<Item> items) {
    List<BufferedImage> pictures = new ArrayList<>();
    List<ImageTags> places = new ArrayList<>();
    int[] counts = new int[items.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = read(items.get(i), pictures, places);
    }
    if (!pictures.isEmpty()) {
      fill(places, encoders.words(pictures));
    }
    tags.addAll(places);
    return counts;
  }

  /** Reads an item's pictures up to the limit; unreadable ones leave a mark and do not count. */
  private int read(Item item, List<BufferedImage> pictures, List<ImageTags> places) {
    int readable = 0;
    for (int image = 0; image < item.images().size(); image++) {
      if (readable == options.maxImages()) {
        imagesBeyondLimit += item.images().size() - image;
        break;
      }
      try {
        pictures.add(Images.read(Path.of(item.images().get(image))));
        places.add(new ImageTags(item.id(), image, List.of(), List.of(), null));
        readable++;
      } catch (ImageException | InvalidPathException e) {
        places.add(ImageTags.unreadable(item.id(), image, e.getMessage()));
      }
    }
    return readable;
  }

  private void fill(List<ImageTags> places, List<List<WordMatcher.Match>> words) {
    int next = 0;
    for (int i = 0; i < places.size(); i++) {
      ImageTags place = places.get(i);
      if (place.error() == null) {
        List<WordMatcher.Match> found = words.get(next++);
        ImageTags filled =
            new ImageTags(
                place.item(),
                place.image(),
                found.stream().map(WordMatcher.Match::word).toList(),
                found.stream().map(match -> rounded(match.similarity())).toList(),
                null);
        places.set(i, filled);
        sentences.add(filled.sentence());
      }
    }
  }

  /** Six digits: for people to read. */
  private static double rounded(double similarity) {
    return Math.round(similarity * 1e6) / 1e6;
  }
}
