package dev.weft.mp4sr.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.model.TrainingBatch;
import dev.weft.mp4sr.train.TrainOptions.Batching;
import dev.weft.mp4sr.train.TrainOptions.Prefixes;
import dev.weft.tensor.RandomKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExamplesTest {
  private static final TrainOptions OPTIONS =
      TrainOptions.pretraining().with().batchSize(4).maxLength(3).build();
  private static final List<int[]> TRAINING =
      List.of(new int[] {1, 2, 3, 4, 5, 6}, new int[] {7}, new int[0], new int[] {8, 9, 8});

  /** "history>next", padding left out. */
  private static List<String> shown(TrainingBatch batch) {
    List<String> rows = new ArrayList<>();
    int[] items = batch.history().items().toInts();
    int[] lengths = batch.history().lengths().toInts();
    int[] next = batch.next().toInts();
    for (int row = 0; row < next.length; row++) {
      int from = row * batch.history().length();
      int[] history = Arrays.copyOfRange(items, from, from + lengths[row]);
      rows.add(Arrays.toString(history) + ">" + next[row]);
      assertTrue(
          IntStream.range(from + lengths[row], from + batch.history().length())
              .allMatch(i -> items[i] == 0));
    }
    return rows;
  }

  private static List<String> epoch(Examples examples, int number) {
    List<String> rows = new ArrayList<>();
    Examples.Epoch epoch = examples.epoch(number);
    for (int step = 0; step < examples.steps(); step++) {
      rows.addAll(shown(epoch.batch(step)));
    }
    return rows;
  }

  @Test
  void everyPrefixOnce() {
    Examples examples = new Examples(TRAINING, OPTIONS);
    assertEquals(7, examples.count());
    assertEquals(2, examples.steps());
    List<String> expected =
        List.of(
            "[1, 2, 3]>4", "[1, 2]>3", "[1]>2", "[2, 3, 4]>5", "[3, 4, 5]>6", "[8, 9]>8", "[8]>9");
    assertEquals(expected, epoch(examples, 1).stream().sorted().toList());
    assertEquals(expected, epoch(examples, 2).stream().sorted().toList());
    assertNotEquals(epoch(examples, 1), epoch(examples, 2));
    assertEquals(epoch(examples, 2), epoch(new Examples(TRAINING, OPTIONS), 2));
    TrainOptions other = OPTIONS.with().seed(7).build();
    assertNotEquals(epoch(examples, 1), epoch(new Examples(TRAINING, other), 1));
  }

  @Test
  void onePrefixOfEachUser() {
    TrainOptions options = OPTIONS.with().prefixes(Prefixes.ONE_PER_USER).build();
    Examples examples = new Examples(TRAINING, options);
    assertEquals(2, examples.count());
    Set<String> seen = new HashSet<>();
    for (int epoch = 1; epoch <= 60; epoch++) {
      List<String> rows = epoch(examples, epoch);
      assertEquals(1, rows.stream().filter(row -> row.startsWith("[8")).count());
      seen.addAll(rows);
    }
    assertEquals(7, seen.size());
  }

  @Test
  void everyPositionOfASequenceInOneRow() {
    TrainOptions options =
        OPTIONS.with().prefixes(Prefixes.EVERY_POSITION).batchSize(10).maxLength(3).build();
    Examples examples = new Examples(List.of(new int[] {1, 2, 3, 4, 5, 6}), options);
    assertEquals(1, examples.count());
    var batch = examples.epoch(1).batch(0);
    assertArrayEquals(new int[] {3, 4, 5}, batch.history().items().toInts());
    assertArrayEquals(new int[] {0, 1, 2}, batch.history().ends().toInts());
    assertArrayEquals(new int[] {4, 5, 6}, batch.next().toInts());
  }

  @Test
  void likeLengthsShareABatch() {
    List<int[]> training = new ArrayList<>();
    for (int user = 0; user < 64; user++) {
      training.add(IntStream.rangeClosed(1, 2 + user % 16).toArray());
    }
    TrainOptions options =
        OPTIONS.with().maxLength(50).batching(Batching.BY_LENGTH).batchSize(8).build();
    Examples examples = new Examples(training, options);
    Examples.Epoch epoch = examples.epoch(1);
    long padded = 0;
    List<Integer> lengths = new ArrayList<>();
    for (int step = 0; step < examples.steps(); step++) {
      var history = epoch.batch(step).history();
      padded += (long) history.size() * history.length();
      lengths.add(history.length());
    }
    long real = training.stream().mapToLong(s -> s.length * (s.length - 1L) / 2).sum();
    assertTrue(padded < 1.1 * real, padded + " for " + real);
    assertNotEquals(lengths.stream().sorted().toList(), lengths); // the order is no order of length
    TrainOptions shuffled = options.with().batching(Batching.SHUFFLED).build();
    assertEquals(
        epoch(new Examples(training, shuffled), 3).stream().sorted().toList(),
        epoch(examples, 3).stream().sorted().toList());
  }

  @Test
  void nothingToLearnFrom() {
    assertThrows(
        TrainException.class, () -> new Examples(List.of(new int[] {1}, new int[0]), OPTIONS));
  }

  @Test
  void ordersArePermutationsAndEven() {
    int[] firsts = new int[5];
    for (int stream = 0; stream < 5000; stream++) {
      int[] order = Shuffle.order(5, new RandomKey(3, stream));
      firsts[order[0]]++;
      int[] sorted = order.clone();
      Arrays.sort(sorted);
      assertArrayEquals(new int[] {0, 1, 2, 3, 4}, sorted);
    }
    for (int count : firsts) {
      assertEquals(1000, count, 120); // four standard deviations
    }
    assertEquals(0, Shuffle.order(0, new RandomKey(3, 0)).length);
  }
}
