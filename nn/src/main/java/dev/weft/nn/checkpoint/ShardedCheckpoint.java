package dev.weft.nn.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.tensor.RowSource;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A checkpoint cut into several files, with an index, {@code *.index.json}, whose {@code
 * weight_map} says which tensor lies in which file. What a file holds beyond the index is read too,
 * as the original does.
 */
final class ShardedCheckpoint implements Checkpoint {
  private static final long LARGEST_INDEX = SafeTensors.MAX_HEADER;

  private final Path index;
  private final Map<String, Checkpoint> shards = new LinkedHashMap<>();
  private final Map<String, Checkpoint> places = new LinkedHashMap<>();
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private ShardedCheckpoint(Path index) {
    this.index = index;
  }

  /** Opens every file that the index names; {@code opener} opens one. */
  static Checkpoint open(Path index, Function<Path, Checkpoint> opener) {
    ShardedCheckpoint checkpoint = new ShardedCheckpoint(index);
    try {
      JsonNode json = read(index);
      Map<String, String> weightMap = checkpoint.weightMap(json.path("weight_map"));
      checkpoint.openShards(weightMap, opener);
      checkpoint.place(weightMap);
      json.path("metadata")
          .properties()
          .forEach(entry -> checkpoint.metadata.put(entry.getKey(), entry.getValue().asText()));
      return checkpoint;
    } catch (Throwable e) {
      checkpoint.close();
      throw e;
    }
  }

  private static JsonNode read(Path index) {
    try {
      if (Files.size(index) > LARGEST_INDEX) {
        throw new CheckpointException(index + ": is over " + LARGEST_INDEX + " bytes large");
      }
      return Json.parseStrictly(Files.readAllBytes(index));
    } catch (JsonProcessingException e) {
      throw new CheckpointException(index + ": is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new CheckpointException(index + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private Map<String, String> weightMap(JsonNode json) {
    if (!json.isObject() || json.isEmpty()) {
      throw new CheckpointException(index + ": needs a weight_map from tensors to files");
    }
    Map<String, String> weightMap = new LinkedHashMap<>();
    for (var entry : json.properties()) {
      String file = entry.getValue().textValue();
      // A shard lies beside its index; a path could lead anywhere.
      boolean isName =
          file != null && file.matches("[^/\\\\\\x00-\\x1f]+") && !file.matches("\\.+");
      if (!isName) {
        throw new CheckpointException(
            "%s: weight_map: %s must name a file of the same folder, not %s"
                .formatted(
                    index,
                    Quoted.of(entry.getKey()),
                    Quoted.of(file == null ? entry.getValue().toString() : file)));
      }
      weightMap.put(entry.getKey(), file);
    }
    return weightMap;
  }

  private void openShards(Map<String, String> weightMap, Function<Path, Checkpoint> opener) {
    TreeSet<String> names = new TreeSet<>(weightMap.values());
    List<String> absent = new ArrayList<>();
    for (String name : names) {
      if (!Files.exists(index.resolveSibling(name))) {
        absent.add(name);
      }
    }
    if (!absent.isEmpty()) {
      throw new CheckpointException(
          "%s: %d of %d files are missing: %s"
              .formatted(index, absent.size(), names.size(), Listed.some(absent)));
    }
    for (String name : names) {
      shards.put(name, opener.apply(index.resolveSibling(name)));
    }
  }

  private void place(Map<String, String> weightMap) {
    List<String> misplaced = new ArrayList<>();
    weightMap.forEach(
        (tensor, file) -> {
          Checkpoint shard = shards.get(file);
          if (shard.tensors().containsKey(tensor)) {
            places.put(tensor, shard);
          } else {
            misplaced.add(tensor + " is not in " + file + elsewhere(tensor));
          }
        });
    if (!misplaced.isEmpty()) {
      throw new CheckpointException(index + ": " + Listed.some(misplaced));
    }
    for (Checkpoint shard : shards.values()) {
      shard.tensors().keySet().forEach(name -> places.putIfAbsent(name, shard));
    }
    places.forEach((name, shard) -> tensors.put(name, shard.tensors().get(name)));
  }

  private String elsewhere(String tensor) {
    return shards.entrySet().stream()
        .filter(shard -> shard.getValue().tensors().containsKey(tensor))
        .findFirst()
        .map(shard -> " but in " + shard.getKey())
        .orElse(" nor in another file");
  }

  @Override
  public String source() {
    return index.toString();
  }

  @Override
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public Tensor load(String name) {
    return place(name).load(name);
  }

  @Override
  public void loadInto(String name, Tensor target) {
    place(name).loadInto(name, target);
  }

  @Override
  public RowSource rows(String name, int columns) {
    return place(name).rows(name, columns);
  }

  private Checkpoint place(String name) {
    Checkpoint shard = places.get(name);
    if (shard == null) {
      throw new CheckpointException(index + ": no tensor " + Quoted.of(name));
    }
    return shard;
  }

  @Override
  public void close() {
    shards.values().forEach(Checkpoint::close);
  }
}
