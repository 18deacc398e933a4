package dev.weft.mp4sr.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weft.mp4sr.model.M2seConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Sizes and switches of the model, by their names in {@link M2seConfig}. */
final class ModelFlags {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = {
        "A size or switch of the model, for example hiddenSize=64, layers=2, mixup=false,",
        "modalities=text; may be given several times."
      })
  Map<String, String> settings = new LinkedHashMap<>();

  /** These settings over a configuration. */
  M2seConfig over(M2seConfig config, CommandLine command) {
    ObjectNode tree = JSON.valueToTree(config);
    settings.forEach(
        (name, value) -> {
          if (!tree.has(name)) {
            TreeSet<String> names = new TreeSet<>();
            tree.fieldNames().forEachRemaining(names::add);
            throw new ParameterException(
                command, "--set " + name + ": no such setting; there are " + names);
          }
          tree.set(name, value(value));
        });
    try {
      return JSON.treeToValue(tree, M2seConfig.class);
    } catch (JsonProcessingException e) {
      Throwable cause = e.getCause() instanceof IllegalArgumentException ? e.getCause() : null;
      String reason = cause == null ? e.getOriginalMessage() : cause.getMessage();
      throw new ParameterException(command, "--set " + settings + ": " + reason);
    }
  }

  /** Numbers and booleans as such, everything else as text. */
  private static JsonNode value(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return TextNode.valueOf(text);
    }
  }
}
