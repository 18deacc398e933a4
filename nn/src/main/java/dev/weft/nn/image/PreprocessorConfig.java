package dev.weft.nn.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What a {@code preprocessor_config.json} of a CLIP model says.
 *
 * @param shortestEdge what the shorter edge is resized to; 0: no resize, or to {@code exact}
 * @param exact width and height to resize to, whatever the proportions; null: see {@code
 *     shortestEdge}
 * @param crop width and height cut out of the middle; null: nothing is cut
 * @param rescale what samples of 0 to 255 are multiplied by
 * @param mean of each channel, subtracted
 * @param standardDeviation of each channel, divided by
 */
record PreprocessorConfig(
    int shortestEdge,
    Size exact,
    Size crop,
    double rescale,
    double[] mean,
    double[] standardDeviation) {
  static final String FILE = "preprocessor_config.json";

  /** Beyond this, one picture would take a gigabyte. */
  private static final int MAX_EDGE = 8192;

  private static final int PILLOW_BICUBIC = 3;
  private static final JsonMapper JSON = new JsonMapper();

  /** Extents in pixels. */
  record Size(int width, int height) {}

  static PreprocessorConfig read(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      return new Reader(file, JSON.readTree(Files.readAllBytes(file))).config();
    } catch (NoSuchFileException e) {
      throw new ImageException(file + ": no such file", e);
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new ImageException(file + ": cannot be read: " + reason, e);
    }
  }

  void write(Path folder) {
    ObjectNode json = JSON.createObjectNode();
    json.put("image_processor_type", "CLIPImageProcessor");
    json.put("do_resize", shortestEdge > 0 || exact != null);
    if (exact != null) {
      json.putObject("size").put("height", exact.height()).put("width", exact.width());
    } else {
      json.putObject("size").put("shortest_edge", shortestEdge);
    }
    json.put("resample", PILLOW_BICUBIC);
    json.put("do_center_crop", crop != null);
    if (crop != null) {
      json.putObject("crop_size").put("height", crop.height()).put("width", crop.width());
    }
    json.put("do_rescale", true).put("rescale_factor", rescale).put("do_normalize", true);
    putAll(json.putArray("image_mean"), mean);
    putAll(json.putArray("image_std"), standardDeviation);
    AtomicFiles.writeString(folder.resolve(FILE), json.toPrettyString() + "\n");
  }

  private static void putAll(ArrayNode array, double[] values) {
    for (double value : values) {
      array.add(value);
    }
  }

  /** Reads the fields; every error names file and field. */
  private record Reader(Path file, JsonNode json) {

    PreprocessorConfig config() {
      if (json == null || !json.isObject()) {
        throw new ImageException(file + ": is not a JSON object");
      }
      boolean resizes = flag("do_resize");
      int resample = json.path("resample").asInt(PILLOW_BICUBIC);
      if (resizes && resample != PILLOW_BICUBIC) {
        throw failure("resample", "is " + resample + "; only 3, bicubic, is supported");
      }
      JsonNode size = json.path("size");
      boolean exact = resizes && size.has("height");
      int shortestEdge = resizes && !exact ? edge("size", size, "shortest_edge") : 0;
      Size crop = flag("do_center_crop") ? size("crop_size") : null;
      if (crop == null && !exact) {
        throw failure("do_center_crop", "is false and size has no height and width");
      }
      return new PreprocessorConfig(
          shortestEdge,
          exact ? size("size") : null,
          crop,
          flag("do_rescale") ? json.path("rescale_factor").asDouble(1 / 255.0) : 1,
          channels("image_mean", 0),
          channels("image_std", 1));
    }

    private boolean flag(String field) {
      JsonNode value = json.path(field);
      if (!value.isMissingNode() && !value.isBoolean()) {
        throw failure(field, "must be true or false");
      }
      return value.asBoolean(true);
    }

    /** {@code 224} or {@code {"height": 224, "width": 224}}. */
    private Size size(String field) {
      JsonNode value = json.path(field);
      return new Size(edge(field, value, "width"), edge(field, value, "height"));
    }

    private int edge(String field, JsonNode value, String key) {
      JsonNode number = value.isObject() ? value.path(key) : value;
      if (!number.isInt() || number.asInt() < 1 || number.asInt() > MAX_EDGE) {
        throw failure(field, "must be a number of pixels from 1 to " + MAX_EDGE + " for " + key);
      }
      return number.asInt();
    }

    private double[] channels(String field, double otherwise) {
      double[] values = {otherwise, otherwise, otherwise};
      JsonNode array = json.path(field);
      if (!flag("do_normalize") || array.isMissingNode()) {
        return values;
      }
      if (!array.isArray() || array.size() != 3) {
        throw failure(field, "must be three numbers");
      }
      for (int channel = 0; channel < 3; channel++) {
        values[channel] = array.get(channel).asDouble(Double.NaN);
        if (!Double.isFinite(values[channel]) || (otherwise == 1 && values[channel] == 0)) {
          throw failure(field, "holds " + array.get(channel));
        }
      }
      return values;
    }

    private ImageException failure(String field, String reason) {
      return new ImageException(file + ": " + field + " " + reason);
    }
  }
}
