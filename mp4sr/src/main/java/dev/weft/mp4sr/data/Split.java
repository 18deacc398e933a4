package dev.weft.mp4sr.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is trained on and what is asked afterwards.
 *
 * @param training for each user of the dataset, in its order, the items to train on; may be empty
 * @param validation cases to choose a model by
 * @param test cases to report
 * @param trainingCounts {@code [items + 1]}: how often each item occurs in {@code training}
 */
public record Split(
    List<int[]> training, List<Case> validation, List<Case> test, int[] trainingCounts) {
  /** Fewest items of a user who is asked about: one to train on, one to validate, one to test. */
  private static final int FEWEST = 3;

  /** Copies the lists. */
  public Split {
    training = List.copyOf(training);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
  }

  /**
   * How often each item occurs in all sequences, held-out items included: {@code [items + 1]}. What
   * ranks by it has seen what it is asked.
   */
  public int[] allCounts() {
    int[] counts = trainingCounts.clone();
    for (List<Case> heldOut : List.of(validation, test)) {
      heldOut.forEach(asked -> counts[asked.target()]++);
    }
    return counts;
  }

  /**
   * Leave-one-out: a user's last item tests (history: all before it), the one before validates, the
   * rest trains. A sequence shorter than 3 trains whole and asks nothing.
   *
   * <p>Items that the dataset holds out occur nowhere but as the target of a test: they are taken
   * out of what is trained on and of every history, and what would be validated with one is not.
   */
  public static Split leaveOneOut(Dataset dataset) {
    List<int[]> training = new ArrayList<>();
    List<Case> validation = new ArrayList<>();
    List<Case> test = new ArrayList<>();
    int[] counts = new int[dataset.items().size() + 1];
    for (int user = 0; user < dataset.users().size(); user++) {
      int[] sequence = dataset.sequences().get(user);
      int trained = sequence.length < FEWEST ? sequence.length : sequence.length - 2;
      int[] head = known(dataset, sequence, trained);
      training.add(head);
      for (int item : head) {
        counts[item]++;
      }
      if (sequence.length >= FEWEST && head.length > 0) {
        if (!dataset.heldOut().contains(sequence[trained])) {
          validation.add(new Case(user, head, sequence[trained]));
        }
        test.add(new Case(user, known(dataset, sequence, trained + 1), sequence[trained + 1]));
      }
    }
    return new Split(training, validation, test, counts);
  }

  /** The first {@code length} items of a sequence, without those held out. */
  private static int[] known(Dataset dataset, int[] sequence, int length) {
    if (dataset.heldOut().isEmpty()) {
      return Arrays.copyOf(sequence, length);
    }
    return Arrays.stream(sequence, 0, length)
        .filter(item -> !dataset.heldOut().contains(item))
        .toArray();
  }
}
