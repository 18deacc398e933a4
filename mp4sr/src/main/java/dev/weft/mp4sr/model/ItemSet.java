package dev.weft.mp4sr.model;

import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.stream.IntStream;

/**
 * The different items of a batch, so that each is encoded once however often it occurs.
 *
 * @param numbers item numbers, rising
 * @param positions for each item number of the catalogue, where it stands in {@code numbers}; 0 for
 *     those that do not, and for padding
 */
record ItemSet(int[] numbers, int[] positions) {

  /** Items 1 to {@code items}. */
  static ItemSet all(int items) {
    return of(items, IntStream.rangeClosed(1, items).toArray());
  }

  /** The same, and number 0 before them. */
  static ItemSet allWithPadding(int items) {
    int[] numbers = IntStream.rangeClosed(0, items).toArray();
    return new ItemSet(numbers, numbers);
  }

  /** Those that occur in any of the lists, without padding. */
  static ItemSet of(int items, int[]... lists) {
    boolean[] occurs = new boolean[items + 1];
    for (int[] list : lists) {
      for (int number : list) {
        if (number < 0 || number > items) {
          throw new TensorException(
              "item " + number + " is outside a catalogue of " + items + " items");
        }
        occurs[number] = true;
      }
    }
    int[] numbers = IntStream.rangeClosed(1, items).filter(i -> occurs[i]).toArray();
    int[] positions = new int[items + 1];
    for (int i = 0; i < numbers.length; i++) {
      positions[numbers[i]] = i;
    }
    return new ItemSet(numbers, positions);
  }

  int size() {
    return numbers.length;
  }

  /** Where each of these items stands, in their shape. */
  Tensor positionsOf(Tensor items) {
    return Tensor.of(positionsOf(items.toInts()), items.shape().dims());
  }

  /** The same histories by where their items stand. */
  SequenceBatch positionsOf(SequenceBatch histories) {
    return new SequenceBatch(positionsOf(histories.items()), histories.lengths(), histories.ends());
  }

  /** Where each of these items stands. */
  int[] positionsOf(int[] items) {
    int[] found = new int[items.length];
    for (int i = 0; i < found.length; i++) {
      if (items[i] < 0 || items[i] >= positions.length) {
        throw new TensorException(
            "item " + items[i] + " is outside a catalogue of " + (positions.length - 1) + " items");
      }
      found[i] = positions[items[i]];
    }
    return found;
  }
}
