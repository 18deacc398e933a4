package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.data.DatasetSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What is left after filtering, in its compact form.
 *
 * @param name of the dataset
 * @param log whose names of users and items these are
 * @param histories by user of the log, with item numbers from 1
 * @param users the log's numbers of the users that are left
 * @param items the log's numbers of the items that are left
 * @param catalogue what is known of the items
 * @param heldOut items that training must not see
 */
record Ingested(
    String name,
    InteractionLog log,
    Histories histories,
    int[] users,
    int[] items,
    ItemCatalogue catalogue,
    Set<Integer> heldOut)
    implements DatasetSource {
  @Override
  public int itemCount() {
    return items.length;
  }

  @Override
  public int userCount() {
    return users.length;
  }

  @Override
  public String itemId(int index) {
    return log.items().name(items[index]);
  }

  @Override
  public List<String> itemTexts(int index) {
    return catalogue.texts(index);
  }

  @Override
  public List<String> itemImages(int index) {
    return catalogue.images(index);
  }

  @Override
  public String user(int index) {
    return log.users().name(users[index]);
  }

  @Override
  public int[] sequence(int index) {
    return histories.of(users[index]);
  }

  /** Lengths of the sequences, shortest first. */
  int[] sortedLengths() {
    return Arrays.stream(users).map(user -> histories.lengths()[user]).sorted().toArray();
  }
}
