package dev.weft.mp4sr.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.mp4sr.data.PortablePath;
import dev.weft.mp4sr.model.M2seConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What a run folder trains, as the field {@code model} of its {@code config.json}; enough to build
 * the model again. Paths are relative to the run folder where they can be, so that a tree of data
 * and runs can be moved.
 *
 * @param family which model
 * @param m2se sizes and switches
 * @param data the dataset folder
 * @param features the file of features; null where the model reads none
 * @param pretrained the run whose parameters it began with; null for none
 * @param seed of the parameters' first values
 */
record RunDescription(
    Family family, M2seConfig m2se, String data, String features, String pretrained, long seed) {

  private static final String CONFIG = "config.json";
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** The models that can be trained. */
  enum Family {
    /** MP4SR's pre-training. */
    PRETRAINING,
    /** MP4SR's fine-tuning, in the setting that its configuration names. */
    FINETUNING,
    /** SASRec, on item numbers. */
    SASREC,
    /** SASRec on item numbers and projected features. */
    SASREC_FEATURES,
    /** A model like UniSRec, in the setting that its configuration names. */
    UNISREC;

    /** Whether it reads features of the items. */
    boolean readsFeatures() {
      return this != SASREC;
    }
  }

  /** A description for a run folder. */
  static RunDescription of(
      Path run,
      Family family,
      M2seConfig m2se,
      Path data,
      Path features,
      Path pretrained,
      long seed) {
    return new RunDescription(
        family,
        m2se,
        PortablePath.of(run, data),
        PortablePath.of(run, features),
        PortablePath.of(run, pretrained),
        seed);
  }

  /** Reads a run's description. */
  static RunDescription read(Path run) {
    Path file = run.resolve(CONFIG);
    try {
      JsonNode model = JSON.readTree(Files.readString(file)).path("model");
      if (!model.path("family").isTextual()) {
        throw new CliException(file + ": field model.family is missing; it is no run of mp4sr");
      }
      return JSON.treeToValue(model, RunDescription.class);
    } catch (NoSuchFileException e) {
      throw new CliException(
          run
              + ": is no run folder: it has no "
              + CONFIG
              + "; mp4sr pretrain and finetune make one",
          e);
    } catch (JsonProcessingException e) {
      throw new CliException(file + ": cannot be understood: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A path of the description as seen from here. */
  static Path resolve(Path run, String path) {
    return PortablePath.resolve(run, path);
  }
}
