package dev.weft.nn.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.tensor.UnaryOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code config.json} of a Hugging Face folder: a JSON object of which only some fields matter.
 * Every error names the file and the field.
 */
public final class ModelConfig {
  private static final String FILE = "config.json";

  /** By the names in the wild; where a function has several, the first is the one to write. */
  private static final Map<String, UnaryOp> ACTIVATIONS = new LinkedHashMap<>();

  static {
    ACTIVATIONS.put("gelu", UnaryOp.GELU);
    ACTIVATIONS.put("gelu_python", UnaryOp.GELU);
    ACTIVATIONS.put("gelu_new", UnaryOp.GELU_TANH);
    ACTIVATIONS.put("gelu_pytorch_tanh", UnaryOp.GELU_TANH);
    ACTIVATIONS.put("gelu_python_tanh", UnaryOp.GELU_TANH);
    ACTIVATIONS.put("gelu_fast", UnaryOp.GELU_TANH);
    ACTIVATIONS.put("gelu_accurate", UnaryOp.GELU_TANH);
    ACTIVATIONS.put("quick_gelu", UnaryOp.QUICK_GELU);
    ACTIVATIONS.put("relu", UnaryOp.RELU);
  }

  private final String where;
  private final JsonNode object;

  private ModelConfig(String where, JsonNode object) {
    this.where = where;
    this.object = object;
  }

  /**
   * Reads {@code folder/config.json}.
   *
   * @throws CheckpointException if it is not there or no JSON object
   */
  public static ModelConfig read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      String reason = Files.isDirectory(folder) ? "no config.json in " : "no such folder: ";
      throw new CheckpointException(
          reason + folder + "; a model is a Hugging Face folder with config.json and its weights");
    }
    try {
      JsonNode object = Json.parse(Files.readAllBytes(file));
      if (!object.isObject()) {
        throw new CheckpointException(file + ": is not a JSON object");
      }
      return new ModelConfig(file.toString(), object);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new CheckpointException(
          file + ": is not JSON (line " + line + "): " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Writes {@code folder/config.json}, atomically. */
  public static void write(Path folder, Map<String, ?> fields) {
    try {
      String text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(fields);
      AtomicFiles.writeString(folder.resolve(FILE), text + "\n");
    } catch (JsonProcessingException e) {
      throw new CheckpointException(folder + "/config.json: cannot be written", e);
    }
  }

  /** Whether a folder has a {@code config.json}. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(FILE));
  }

  /** The object in a field; an empty one if the field is missing. */
  public ModelConfig part(String field) {
    JsonNode part = object.path(field);
    if (!part.isObject() && !part.isMissingNode() && !part.isNull()) {
      throw wrong(field, part, "an object");
    }
    return new ModelConfig(where + ": " + field, part);
  }

  /** Fails unless the folder is of a kind: {@code model_type} may be missing, but not another. */
  public void requireModelType(String expected) {
    String actual = text("model_type", expected);
    if (!actual.equals(expected)) {
      throw new CheckpointException(
          where + ": model_type is \"" + actual + "\", expected \"" + expected + "\"");
    }
  }

  /** Whether a field is there and not null. */
  public boolean has(String field) {
    return object.hasNonNull(field);
  }

  /** Whether the object has no fields. */
  public boolean isEmpty() {
    return object.isEmpty();
  }

  /** True or false. */
  public boolean flag(String field, boolean otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    if (!object.get(field).isBoolean()) {
      throw wrong(field, object.get(field), "true or false");
    }
    return object.get(field).booleanValue();
  }

  /** A whole number from 1 on that must be there. */
  public int size(String field) {
    if (!has(field)) {
      throw new CheckpointException(where + ": " + field + " is missing");
    }
    return size(field, 0);
  }

  /** A whole number from 1 on. */
  public int size(String field, int otherwise) {
    int value = integer(field, otherwise);
    if (value < 1) {
      throw wrong(field, object.get(field), "a whole number from 1 on");
    }
    return value;
  }

  /** A whole number. */
  public int integer(String field, int otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    if (!object.get(field).isInt()) {
      throw wrong(field, object.get(field), "a whole number");
    }
    return object.get(field).intValue();
  }

  /** A number from 0 on. */
  public double number(String field, double otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    if (!object.get(field).isNumber() || !(object.get(field).doubleValue() >= 0)) {
      throw wrong(field, object.get(field), "a number from 0 on");
    }
    return object.get(field).doubleValue();
  }

  /** A text. */
  public String text(String field, String otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    if (!object.get(field).isTextual()) {
      throw wrong(field, object.get(field), "a text");
    }
    return object.get(field).textValue();
  }

  /** The class that the model was saved from, {@code architectures}' first; empty if unknown. */
  public String architecture() {
    return object.path("architectures").path(0).asText("");
  }

  /** The activation function that {@code hidden_act} names. */
  public UnaryOp activation(String otherwise) {
    String name = text("hidden_act", otherwise);
    UnaryOp activation = ACTIVATIONS.get(name);
    if (activation == null) {
      throw new CheckpointException(
          where + ": hidden_act is \"" + name + "\"; known are " + ACTIVATIONS.keySet());
    }
    return activation;
  }

  /** What {@code hidden_act} is called for an activation function. */
  public static String activationName(UnaryOp activation) {
    return ACTIVATIONS.entrySet().stream()
        .filter(entry -> entry.getValue() == activation)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(
            () -> new CheckpointException("config.json has no name for activation " + activation));
  }

  /** Two fields that exclude one another, or the like: an error that names the file. */
  public CheckpointException error(String message) {
    return new CheckpointException(where + ": " + message);
  }

  private CheckpointException wrong(String field, JsonNode value, String expected) {
    return error(field + " is " + value + ", expected " + expected);
  }
}
