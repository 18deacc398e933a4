package dev.weft.nn.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.nn.checkpoint.AtomicFiles;
import dev.weft.nn.checkpoint.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a {@code preprocessor_config.json} of a CLIP model says; in folders that transformers wrote
 * from its version 5 on, {@code image_processor} of {@code processor_config.json}.
 *
 * @param shortestEdge what the shorter edge is resized to; 0: no resize, or to {@code exact}
 * @param exact width and height to resize to, whatever the proportions; null: see {@code
 *     shortestEdge}
 * @param crop width and height cut out of the middle; null: nothing is cut
 * @param output width and height of what comes out; where nothing is cut, pictures of other
 *     proportions cannot be taken
 * @param filter of the resize
 * @param rescale what samples of 0 to 255 are multiplied by
 * @param mean of each channel, subtracted
 * @param standardDeviation of each channel, divided by
 * @param convertsFirst the steps are those of Hugging Face's {@code CLIPImageProcessor}, which
 *     makes pictures RGB before it resizes them; see {@link ClipPreprocessor}
 */
record PreprocessorConfig(
    int shortestEdge,
    Size exact,
    Size crop,
    Size output,
    PillowFilter filter,
    double rescale,
    double[] mean,
    double[] standardDeviation,
    boolean convertsFirst) {
  private static final String FILE = "preprocessor_config.json";
  private static final String PROCESSOR_FILE = "processor_config.json";
  private static final String NESTED = "image_processor";
  private static final double[] CLIP_MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] CLIP_STANDARD_DEVIATION = {0.26862954, 0.26130258, 0.27577711};

  /** What Hugging Face's class takes where the file says nothing. */
  private static final int DEFAULT_EDGE = 224;

  /** Beyond this, one picture would take a gigabyte. */
  private static final int MAX_EDGE = 8192;

  /** In the order of Pillow's numbers. */
  private static final List<PillowFilter> FILTERS =
      List.of(
          PillowFilter.NEAREST,
          PillowFilter.LANCZOS,
          PillowFilter.BILINEAR,
          PillowFilter.BICUBIC,
          PillowFilter.BOX,
          PillowFilter.HAMMING);

  /** Extents in pixels. */
  record Size(int width, int height) {}

  /** CLIP's own mean and deviation for pictures of {@code size} x {@code size}. */
  static PreprocessorConfig ofSize(int size) {
    Size square = new Size(size, size);
    return new PreprocessorConfig(
        size,
        null,
        square,
        square,
        PillowFilter.BICUBIC,
        1 / 255.0,
        CLIP_MEAN,
        CLIP_STANDARD_DEVIATION,
        false);
  }

  /** Whether a folder has a file of this kind. */
  static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(FILE)) || nested(folder) != null;
  }

  static PreprocessorConfig read(Path folder) {
    // As transformers: where both are there, the newer form counts.
    JsonNode nested = nested(folder);
    if (nested != null) {
      return new Reader(folder.resolve(PROCESSOR_FILE) + ": " + NESTED, nested).config();
    }
    Path file = folder.resolve(FILE);
    return new Reader(file.toString(), json(file)).config();
  }

  /** The newer form's object; null where there is none. */
  private static JsonNode nested(Path folder) {
    Path file = folder.resolve(PROCESSOR_FILE);
    JsonNode nested = Files.exists(file) ? json(file).get(NESTED) : null;
    return nested == null || nested.isNull() ? null : nested;
  }

  private static JsonNode json(Path file) {
    try {
      return Json.parse(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new ImageException(file + ": no such file", e);
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new ImageException(file + ": cannot be read: " + reason, e);
    }
  }

  void write(Path folder) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("image_processor_type", "CLIPImageProcessor");
    json.put("do_resize", shortestEdge > 0 || exact != null);
    if (shortestEdge == 0) {
      json.putObject("size").put("height", output.height()).put("width", output.width());
    } else {
      json.putObject("size").put("shortest_edge", shortestEdge);
    }
    json.put("resample", FILTERS.indexOf(filter));
    json.put("do_center_crop", crop != null);
    if (crop != null) {
      json.putObject("crop_size").put("height", crop.height()).put("width", crop.width());
    }
    if (convertsFirst) {
      json.put("do_convert_rgb", true);
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
  private record Reader(String file, JsonNode json) {

    PreprocessorConfig config() {
      if (json == null || !json.isObject()) {
        throw new ImageException(file + ": is not a JSON object");
      }
      boolean resizes = flag("do_resize", true);
      boolean exact = resizes && (json.path("size").has("height") || json.path("size").isArray());
      Size crop = flag("do_center_crop", true) ? size("crop_size") : null;
      boolean normalises = flag("do_normalize", true);
      return new PreprocessorConfig(
          resizes && !exact ? edge("size", field("size"), "shortest_edge") : 0,
          exact ? size("size") : null,
          crop,
          crop != null ? crop : uncut(),
          filter(),
          flag("do_rescale", true) ? factor() : 1,
          normalises ? channels("image_mean", CLIP_MEAN) : new double[] {0, 0, 0},
          normalises ? channels("image_std", CLIP_STANDARD_DEVIATION) : new double[] {1, 1, 1},
          flag("do_convert_rgb", false));
    }

    /** What pictures must become where nothing is cut. */
    private Size uncut() {
      if (field("size").has("shortest_edge")) {
        int edge = edge("size", field("size"), "shortest_edge");
        return new Size(edge, edge);
      }
      return size("size");
    }

    /** Missing where it is null, as the library has it. */
    private JsonNode field(String name) {
      JsonNode value = json.path(name);
      return value.isNull() ? MissingNode.getInstance() : value;
    }

    private boolean flag(String name, boolean otherwise) {
      JsonNode value = field(name);
      if (!value.isMissingNode() && !value.isBoolean()) {
        throw failure(name, "must be true or false");
      }
      return value.asBoolean(otherwise);
    }

    private PillowFilter filter() {
      JsonNode value = field("resample");
      if (value.isMissingNode()) {
        return PillowFilter.BICUBIC;
      }
      if (!value.isInt() || value.asInt() < 0 || value.asInt() >= FILTERS.size()) {
        throw failure("resample", "is " + value + "; Pillow's filters have the numbers 0 to 5");
      }
      return FILTERS.get(value.asInt());
    }

    private double factor() {
      JsonNode value = field("rescale_factor");
      double factor = value.isMissingNode() ? 1 / 255.0 : value.asDouble(Double.NaN);
      if (!Double.isFinite(factor)) {
        throw failure("rescale_factor", "is " + value);
      }
      return factor;
    }

    /** {@code 224}, {@code {"height": 224, "width": 224}} or {@code [height, width]}. */
    private Size size(String name) {
      JsonNode value = field(name);
      if (value.isArray() && value.size() == 2) {
        return new Size(edge(name, value.get(1), "width"), edge(name, value.get(0), "height"));
      }
      return new Size(edge(name, value, "width"), edge(name, value, "height"));
    }

    private int edge(String name, JsonNode value, String key) {
      if (value.isMissingNode()) {
        return DEFAULT_EDGE;
      }
      JsonNode number = value.isObject() ? value.path(key) : value;
      if (!number.isInt() || number.asInt() < 1 || number.asInt() > MAX_EDGE) {
        throw failure(name, "must be a number of pixels from 1 to " + MAX_EDGE + " for " + key);
      }
      return number.asInt();
    }

    /** Three numbers, or one for all channels. */
    private double[] channels(String name, double[] otherwise) {
      JsonNode array = field(name);
      if (array.isMissingNode()) {
        return otherwise.clone();
      }
      if (!array.isNumber() && (!array.isArray() || array.size() != 3)) {
        throw failure(name, "must be three numbers");
      }
      double[] values = new double[3];
      for (int channel = 0; channel < 3; channel++) {
        JsonNode value = array.isNumber() ? array : array.get(channel);
        values[channel] = value.asDouble(Double.NaN);
        boolean zero = values[channel] == 0 && name.equals("image_std");
        if (!Double.isFinite(values[channel]) || zero) {
          throw failure(name, "holds " + value);
        }
      }
      return values;
    }

    private ImageException failure(String field, String reason) {
      return new ImageException(file + ": " + field + " " + reason);
    }
  }
}
