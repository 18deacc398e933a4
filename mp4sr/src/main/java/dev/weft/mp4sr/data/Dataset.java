package dev.weft.mp4sr.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A catalogue and what its users did, in order of time.
 *
 * @param name what it is called in reports
 * @param items the catalogue; item number {@code n} is {@code items.get(n - 1)}, 0 is padding
 * @param users the users' names in the source
 * @param sequences for each user, in the order of {@code users}, item numbers in order of time
 * @param heldOut numbers of the items that training must not see, for the inductive setting
 */
public record Dataset(
    String name,
    List<Item> items,
    List<String> users,
    List<int[]> sequences,
    Set<Integer> heldOut) {
  /**
   * Checks that everything fits together.
   *
   * @throws DataException when users and sequences differ in number, or an item number is none
   */
  public Dataset {
    Objects.requireNonNull(name, "name");
    items = List.copyOf(items);
    users = List.copyOf(users);
    sequences = List.copyOf(sequences);
    heldOut = Set.copyOf(heldOut);
    if (users.size() != sequences.size()) {
      throw new DataException(
          "dataset " + name + ": " + users.size() + " users, " + sequences.size() + " sequences");
    }
    for (int user = 0; user < users.size(); user++) {
      checkItems(name, items.size(), "user " + users.get(user) + " has", sequences.get(user));
    }
    checkItems(
        name, items.size(), "held out is", heldOut.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Without held-out items. */
  public Dataset(String name, List<Item> items, List<String> users, List<int[]> sequences) {
    this(name, items, users, sequences, Set.of());
  }

  private static void checkItems(String name, int items, String what, int[] sequence) {
    for (int item : sequence) {
      if (item < 1 || item > items) {
        throw new DataException(
            "dataset %s: %s item %d; items are numbered 1 to %d"
                .formatted(name, what, item, items));
      }
    }
  }

  /** An item by its number, 1 to {@code items().size()}. */
  public Item item(int number) {
    return items.get(number - 1);
  }

  /** Numbers by item id. */
  public Map<String, Integer> itemNumbers() {
    Map<String, Integer> numbers = HashMap.newHashMap(items.size());
    for (int i = 0; i < items.size(); i++) {
      numbers.put(items.get(i).id(), i + 1);
    }
    return numbers;
  }

  /** Number of entries in all sequences. */
  public long interactions() {
    return sequences.stream().mapToLong(sequence -> sequence.length).sum();
  }

  /**
   * Reads a dataset folder, as {@code docs/dataset-format.md} describes it; relative image paths
   * become absolute.
   *
   * @throws DataException naming file, line and field of what is wrong
   */
  public static Dataset read(Path folder) {
    return DatasetFolder.read(folder);
  }

  /** Writes a dataset folder that says nothing about where the data came from. */
  public void write(Path folder) {
    write(folder, Map.of());
  }

  /**
   * Writes a dataset folder. Images under the folder that holds {@code folder} are written relative
   * to it, so that both can be moved together.
   *
   * @param folder made where it is not there; an older dataset in it is replaced
   * @param provenance what {@code dataset.json} says about source and filters
   */
  public void write(Path folder, Map<String, ?> provenance) {
    DatasetFolder.write(new Stored(this), folder, provenance);
  }

  /**
   * Writes a dataset folder from a source that need not hold it as objects.
   *
   * @param folder made where it is not there; an older dataset in it is replaced
   * @param provenance what {@code dataset.json} says about source and filters
   */
  public static void write(DatasetSource source, Path folder, Map<String, ?> provenance) {
    DatasetFolder.write(source, folder, provenance);
  }

  /**
   * What {@code dataset.json} says, provenance included.
   *
   * @throws DataException when it is missing, damaged or of another version
   */
  public static JsonNode describe(Path folder) {
    return DatasetFolder.header(folder);
  }

  /** A dataset as a folder's writer asks for it. */
  private record Stored(Dataset dataset) implements DatasetSource {
    @Override
    public String name() {
      return dataset.name();
    }

    @Override
    public int itemCount() {
      return dataset.items().size();
    }

    @Override
    public int userCount() {
      return dataset.users().size();
    }

    @Override
    public String itemId(int index) {
      return dataset.items().get(index).id();
    }

    @Override
    public List<String> itemTexts(int index) {
      return dataset.items().get(index).texts();
    }

    @Override
    public List<String> itemImages(int index) {
      return dataset.items().get(index).images();
    }

    @Override
    public String user(int index) {
      return dataset.users().get(index);
    }

    @Override
    public int[] sequence(int index) {
      return dataset.sequences().get(index);
    }

    @Override
    public Set<Integer> heldOut() {
      return dataset.heldOut();
    }
  }
}
