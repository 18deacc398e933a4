package dev.weft.mp4sr.train;

import dev.weft.mp4sr.model.SequenceBatch;
import dev.weft.mp4sr.model.TrainingBatch;
import dev.weft.mp4sr.train.TrainOptions.Batching;
import dev.weft.mp4sr.train.TrainOptions.Prefixes;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a training learns from: prefixes of sequences and the items after them, cut into batches.
 * The batches of an epoch depend on the seed and the epoch's number only, so a resumed run finds
 * its place again without having kept anything.
 */
final class Examples {
  /** Batches among whose examples like lengths are sought. */
  private static final int WINDOW = 32;

  private final List<int[]> sequences;
  private final TrainOptions options;
  private final int count;

  /** The examples of training sequences; those with fewer than two items give none. */
  Examples(List<int[]> training, TrainOptions options) {
    this.options = options;
    this.sequences = training.stream().filter(sequence -> sequence.length > 1).toList();
    long total =
        options.prefixes() == Prefixes.ALL
            ? sequences.stream().mapToLong(sequence -> sequence.length - 1).sum()
            : sequences.size();
    if (total == 0) {
      throw new TrainException(
          "training: no sequence has two items or more, so there is nothing to predict");
    }
    this.count = Math.toIntExact(total);
  }

  /** Number of examples in an epoch. */
  int count() {
    return count;
  }

  /** Number of batches in an epoch. */
  int steps() {
    return (count + options.batchSize() - 1) / options.batchSize();
  }

  /** One epoch's batches. */
  Epoch epoch(int number) {
    int[] sequence = new int[count];
    int[] length = new int[count];
    switch (options.prefixes()) {
      case ALL -> allPrefixes(sequence, length);
      case ONE_PER_USER -> drawPrefixes(sequence, length, number);
      case EVERY_POSITION -> longestPrefixes(sequence, length);
    }
    return new Epoch(sequence, length, number);
  }

  private void allPrefixes(int[] sequence, int[] length) {
    int at = 0;
    for (int s = 0; s < sequences.size(); s++) {
      for (int prefix = 1; prefix < sequences.get(s).length; prefix++) {
        sequence[at] = s;
        length[at++] = prefix;
      }
    }
  }

  private void longestPrefixes(int[] sequence, int[] length) {
    Arrays.setAll(sequence, s -> s);
    Arrays.setAll(length, s -> sequences.get(s).length - 1);
  }

  private void drawPrefixes(int[] sequence, int[] length, int epoch) {
    int[] bounds = sequences.stream().mapToInt(items -> items.length - 1).toArray();
    int[] drawn = Shuffle.below(bounds, key(Seeds.PREFIX, epoch));
    Arrays.setAll(sequence, s -> s);
    Arrays.setAll(length, s -> 1 + drawn[s]);
  }

  private RandomKey key(int purpose, int epoch) {
    return new RandomKey(Seeds.derive(options.seed(), purpose), epoch);
  }

  /** The batches of one epoch, made when asked for. */
  final class Epoch {
    private final int[] sequence;
    private final int[] length;
    private final List<int[]> batches;

    private Epoch(int[] sequence, int[] length, int number) {
      this.sequence = sequence;
      this.length = length;
      int[] order = Shuffle.order(count, key(Seeds.ORDER, number));
      if (options.batching() == Batching.BY_LENGTH) {
        sortInWindows(order);
      }
      List<int[]> cut = new ArrayList<>();
      for (int from = 0; from < count; from += options.batchSize()) {
        cut.add(Arrays.copyOfRange(order, from, Math.min(from + options.batchSize(), count)));
      }
      batches = options.batching() == Batching.BY_LENGTH ? shuffled(cut, number) : cut;
    }

    private void sortInWindows(int[] order) {
      int window = (int) Math.min((long) WINDOW * options.batchSize(), Integer.MAX_VALUE);
      Comparator<Integer> byLength =
          Comparator.comparingInt(example -> Math.min(length[example], options.maxLength()));
      for (int from = 0; from < count; from += window) {
        int to = Math.min(from + window, count);
        int[] sorted =
            Arrays.stream(order, from, to)
                .boxed()
                .sorted(byLength)
                .mapToInt(Integer::intValue)
                .toArray();
        System.arraycopy(sorted, 0, order, from, sorted.length);
      }
    }

    private List<int[]> shuffled(List<int[]> cut, int number) {
      int[] order = Shuffle.order(cut.size(), key(Seeds.BATCH_ORDER, number));
      return Arrays.stream(order).mapToObj(cut::get).toList();
    }

    /** A batch by its number, from 0. */
    TrainingBatch batch(int step) {
      int[] chosen = batches.get(step);
      boolean every = options.prefixes() == Prefixes.EVERY_POSITION;
      List<int[]> histories = new ArrayList<>(chosen.length);
      IntStream.Builder next = IntStream.builder();
      for (int example : chosen) {
        int[] items = sequences.get(sequence[example]);
        int end = length[example];
        int start = Math.max(0, end - options.maxLength());
        histories.add(Arrays.copyOfRange(items, start, end));
        for (int after = every ? start + 1 : end; after <= end; after++) {
          next.add(items[after]);
        }
      }
      SequenceBatch rows = SequenceBatch.of(histories, options.maxLength());
      int[] targets = next.build().toArray();
      return new TrainingBatch(
          every ? rows.everyPosition() : rows, Tensor.of(targets, targets.length));
    }
  }
}
