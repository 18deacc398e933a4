package dev.weft.mp4sr.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.mp4sr.data.Case;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.mp4sr.data.Split;
import dev.weft.mp4sr.model.PopularityRecommender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PublishedPopularityTest {
  /**
   * The whole harness against published figures: PopRec on Amazon Beauty in the S3-Rec authors'
   * form has HR@10 .0152 and NDCG@10 .0068 in their table. Those come out when popularity is
   * counted over whole sequences, held-out items included; counted over training alone, as we do
   * elsewhere, it is HR@10 .0110 and NDCG@10 .0053.
   */
  @Test
  void popularityOnBeauty() throws IOException {
    Path file = Path.of(System.getProperty("weft.shared", "../../shared"));
    file = file.resolve("fixtures/data/Beauty.txt");
    assumeTrue(Files.exists(file), "needs " + file + "; set -Dweft.shared=DIR");
    Dataset beauty = read(file);
    Split split = Split.leaveOneOut(beauty);
    assertEquals(22363, split.test().size());
    assertEquals(12101, beauty.items().size());

    EvalResult leaky = evaluate(split, count(beauty));
    assertEquals(0.0152, leaky.overall().metric("Recall@10"), 0.00005);
    assertEquals(0.0068, leaky.overall().metric("NDCG@10"), 0.00005);
    EvalResult honest = evaluate(split, split.trainingCounts());
    assertEquals(0.0110, honest.overall().metric("Recall@10"), 0.00005);
    assertEquals(0.0053, honest.overall().metric("NDCG@10"), 0.00005);
  }

  private static EvalResult evaluate(Split split, int[] counts) {
    List<Case> test = split.test();
    return Evaluator.evaluate(
        new PopularityRecommender(counts), test, split.trainingCounts(), EvalOptions.DEFAULTS);
  }

  private static int[] count(Dataset dataset) {
    int[] counts = new int[dataset.items().size() + 1];
    for (int[] sequence : dataset.sequences()) {
      for (int item : sequence) {
        counts[item]++;
      }
    }
    return counts;
  }

  /** {@code user item item …}, one user a line; the items are numbered from 1 already. */
  private static Dataset read(Path file) throws IOException {
    List<String> users = new ArrayList<>();
    List<int[]> sequences = new ArrayList<>();
    int items = 0;
    for (String line : Files.readAllLines(file)) {
      int[] numbers = Arrays.stream(line.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
      users.add(Integer.toString(numbers[0]));
      sequences.add(Arrays.copyOfRange(numbers, 1, numbers.length));
      items = Math.max(items, Arrays.stream(numbers, 1, numbers.length).max().orElse(0));
    }
    List<Item> catalogue =
        IntStream.rangeClosed(1, items)
            .mapToObj(item -> new Item(Integer.toString(item), List.of(), List.of()))
            .toList();
    return new Dataset("beauty", catalogue, users, sequences);
  }
}
