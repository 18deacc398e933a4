package dev.weft.mp4sr.data.ingest;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What was read, what was left out and why, and what the dataset looks like.
 *
 * @param sources the files read
 * @param format the reader's name
 * @param filters the filters, in words
 * @param lines of the files
 * @param cleaning what order, duplicates and filters did
 * @param read sizes before filtering, duplicates included
 * @param kept sizes of the dataset
 * @param sparsity share of user-item pairs without an interaction
 * @param lengths of the users' sequences
 * @param coverage of the items by texts and images
 */
public record IngestSummary(
    List<String> sources,
    String format,
    String filters,
    Lines lines,
    Cleaning cleaning,
    Sizes read,
    Sizes kept,
    double sparsity,
    Lengths lengths,
    Coverage coverage) {

  /**
   * Lines of the files.
   *
   * @param read of the interactions' file, header and blank ones included
   * @param malformed passed over, in all files
   */
  public record Lines(long read, long malformed) {}

  /**
   * What order, duplicates and filters did.
   *
   * @param duplicates left out because the same user, item and time came before
   * @param repeats with an item that the user had before, at another time
   * @param repeatsDropped how many of these were left out
   * @param ties at the same time as the user's interaction before; kept in the order of the file
   * @param filterRounds passes of the filters
   */
  public record Cleaning(
      long duplicates, long repeats, long repeatsDropped, long ties, int filterRounds) {}

  /** How many there are. */
  public record Sizes(int users, int items, long interactions) {
    static Sizes of(Ingested data) {
      return new Sizes(data.userCount(), data.itemCount(), data.histories().interactions());
    }
  }

  /** How long the users' sequences are. */
  public record Lengths(int shortest, double median, double mean, int longest) {
    static Lengths of(int[] sorted) {
      int last = sorted.length - 1;
      double median = (sorted[last / 2] + (double) sorted[sorted.length / 2]) / 2;
      double mean = (double) Arrays.stream(sorted).asLongStream().sum() / sorted.length;
      return new Lengths(sorted[0], median, mean, sorted[last]);
    }
  }

  static double sparsity(Ingested data) {
    double pairs = (double) data.userCount() * data.itemCount();
    IntSet items = new IntSet();
    long distinct = 0;
    for (int user = 0; user < data.userCount(); user++) {
      items.clear();
      for (int item : data.sequence(user)) {
        distinct += items.add(item) ? 1 : 0;
      }
    }
    return 1 - distinct / pairs;
  }

  /** The same as a map, for {@code dataset.json}. */
  public Map<String, Object> toMap() {
    return new ObjectMapper().convertValue(this, new TypeReference<Map<String, Object>>() {});
  }
}
