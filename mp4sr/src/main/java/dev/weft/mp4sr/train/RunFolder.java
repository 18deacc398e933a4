package dev.weft.mp4sr.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.weft.nn.checkpoint.AtomicFiles;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The folder of one training.
 *
 * <pre>
 * config.json             task, options, what the caller says of the model, fingerprint of the data
 * metrics.jsonl           an {@link EpochReport} a line
 * checkpoint.safetensors  parameters, optimiser and place: what {@link Existing#RESUME} goes on from
 * best.safetensors        parameters of the best epoch so far
 * model.safetensors       parameters of the finished training, by their own names
 * events.out.tfevents.0   the same figures for TensorBoard
 * environment.json        git revision, Java and threads of each process that trained: for people
 * result.json             how it ended; there only once it has
 * </pre>
 *
 * <p>Every file but {@code metrics.jsonl} is written beside and moved into place; {@code
 * metrics.jsonl} is cut back to the checkpoint's place on resuming. So a run may be killed at any
 * moment.
 */
public final class RunFolder {
  static final String CONFIG = "config.json";
  static final String METRICS = "metrics.jsonl";
  static final String CHECKPOINT = "checkpoint.safetensors";
  static final String BEST = "best.safetensors";
  static final String MODEL = "model.safetensors";
  static final String RESULT = "result.json";

  /** TensorBoard reads every file whose name has "tfevents" in it. */
  static final String EVENTS = "events.out.tfevents.0";

  static final String ENVIRONMENT = "environment.json";

  private static final List<String> FILES =
      List.of(RESULT, MODEL, BEST, CHECKPOINT, EVENTS, METRICS, ENVIRONMENT, CONFIG);
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final ObjectMapper LINE = new ObjectMapper();

  /** What to do with a run that the folder holds already. */
  public enum Existing {
    /** Leave it alone: an error. */
    REFUSE,
    /** Go on where it stopped; start where there is none. */
    RESUME,
    /** Remove it and start anew. */
    OVERWRITE
  }

  private final Path folder;
  private final Existing existing;
  private final Object model;
  private final EventLog events;
  private String configHash;

  private RunFolder(Path folder, Existing existing, Object model) {
    this.folder = folder;
    this.existing = existing;
    this.model = model;
    this.events = new EventLog(folder.resolve(EVENTS));
  }

  /** The same without a description of the model. */
  public static RunFolder open(Path folder, Existing existing) {
    return open(folder, existing, Map.of());
  }

  /**
   * A folder for a training; nothing is written before it begins.
   *
   * @param model goes into {@code config.json} as Jackson writes it; resuming with another is an
   *     error
   * @throws TrainException when it holds a run and {@code existing} is {@link Existing#REFUSE}
   */
  public static RunFolder open(Path folder, Existing existing, Object model) {
    if (existing == Existing.REFUSE && FILES.stream().anyMatch(f -> isThere(folder, f))) {
      String state = isThere(folder, RESULT) ? "a finished" : "an unfinished";
      throw new TrainException(
          folder + ": holds " + state + " run; resume it, overwrite it or give another folder");
    }
    return new RunFolder(folder, existing, model);
  }

  private static boolean isThere(Path folder, String file) {
    return Files.exists(folder.resolve(file));
  }

  /** Where it is. */
  public Path path() {
    return folder;
  }

  /** The parameters of the finished training: {@code model.safetensors}. */
  public Path modelFile() {
    return folder.resolve(MODEL);
  }

  /** Whether the run in this folder has ended. */
  public boolean isFinished() {
    return isThere(folder, RESULT);
  }

  /** Parameters, optimiser and place of an interrupted training. */
  record Saved(Map<String, Tensor> tensors, Position position) {}

  /**
   * Makes the folder ready for a training, removing what {@link Existing#OVERWRITE} lets go.
   *
   * @param config what the training is; the model's description is added
   * @return where to go on from; null to start at the beginning
   * @throws TrainException when a run cannot be resumed: another configuration, a broken file
   */
  Saved begin(Map<String, Object> config) {
    config.put("model", model);
    try {
      Files.createDirectories(folder);
      removeHalfWritten();
      String text = JSON.writeValueAsString(config) + "\n";
      if (existing == Existing.RESUME && isThere(folder, CONFIG)) {
        String stored = Files.readString(folder.resolve(CONFIG));
        requireSame(stored, text);
        configHash = Fingerprint.of(stored);
        if (isThere(folder, CHECKPOINT)) {
          writeEnvironment();
          return read();
        }
      }
      for (String file : FILES) {
        Files.deleteIfExists(folder.resolve(file));
      }
      AtomicFiles.writeString(folder.resolve(CONFIG), text);
      configHash = Fingerprint.of(text);
      writeEnvironment();
      events.start(List.of());
      return null;
    } catch (IOException | UncheckedIOException e) {
      throw new TrainException(folder + ": cannot be used as a run folder: " + e, e);
    }
  }

  /** Not part of the configuration: a newer program may go on with a run. */
  private void writeEnvironment() throws IOException {
    Map<String, Object> environment = new LinkedHashMap<>();
    environment.put("gitRevision", CodeRevision.ofThisProgram());
    environment.put("java", System.getProperty("java.vm.version"));
    environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    environment.put("threads", Threads.count());
    environment.put("begun", Instant.now().toString());
    List<Object> processes = new ArrayList<>();
    Path file = folder.resolve(ENVIRONMENT);
    if (Files.exists(file)) {
      JSON.readTree(Files.readString(file)).forEach(processes::add);
    }
    processes.add(environment);
    AtomicFiles.writeString(file, JSON.writeValueAsString(processes) + "\n");
  }

  /** What a killed process was writing: hidden siblings of our files. */
  private void removeHalfWritten() throws IOException {
    try (DirectoryStream<Path> hidden = Files.newDirectoryStream(folder, ".*")) {
      for (Path file : hidden) {
        String name = file.getFileName().toString();
        if (FILES.stream().anyMatch(ours -> name.startsWith("." + ours + "."))) {
          Files.delete(file);
        }
      }
    }
  }

  /** Compares what both texts say; both are read, so that equal numbers have equal types. */
  private void requireSame(String then, String now) throws IOException {
    List<String> differences = new ArrayList<>();
    try {
      JsonDifference.collect("", JSON.readTree(then), JSON.readTree(now), differences);
    } catch (JsonProcessingException e) {
      throw new TrainException(folder.resolve(CONFIG) + ": is no JSON; overwrite the run", e);
    }
    if (!differences.isEmpty()) {
      int shown = Math.min(3, differences.size());
      throw new TrainException(
          folder
              + ": cannot resume with other options: "
              + String.join("; ", differences.subList(0, shown))
              + (differences.size() > shown ? "; and others" : "")
              + "; give the same, overwrite the run or give another folder");
    }
  }

  private Saved read() {
    Path file = folder.resolve(CHECKPOINT);
    try (var checkpoint = SafeTensors.open(file)) {
      String position = checkpoint.metadata().get("position");
      if (position == null || !configHash.equals(checkpoint.metadata().get("config"))) {
        throw new TrainException(
            file + ": is no checkpoint of the run in " + CONFIG + "; overwrite the run");
      }
      return new Saved(SafeTensors.read(file), LINE.readValue(position, Position.class));
    } catch (CheckpointException | JsonProcessingException e) {
      throw new TrainException(unusable(file, e), e);
    }
  }

  private static String unusable(Path file, Exception e) {
    String message = e.getMessage().lines().findFirst().orElse("");
    String named = message.contains(file.toString()) ? message : file + ": " + message;
    return named + "; resume from a copy of the folder, or overwrite the run";
  }

  void writeCheckpoint(Map<String, Tensor> tensors, Position position) {
    SafeTensors.write(
        folder.resolve(CHECKPOINT),
        tensors,
        Map.of("position", line(position).strip(), "config", configHash));
  }

  void writeBest(Map<String, Tensor> parameters, Position.Best best) {
    SafeTensors.write(folder.resolve(BEST), parameters, Map.of("best", line(best).strip()));
  }

  /** The parameters of the best epoch, which must be the one that the checkpoint knows. */
  Map<String, Tensor> readBest(Position.Best best) {
    Path file = folder.resolve(BEST);
    try (var checkpoint = SafeTensors.open(file)) {
      if (!line(best).strip().equals(checkpoint.metadata().get("best"))) {
        throw new TrainException(
            file + ": is not of epoch " + best.epoch() + " as " + CHECKPOINT + " says");
      }
      return SafeTensors.read(file);
    } catch (CheckpointException e) {
      throw new TrainException(unusable(file, e), e);
    }
  }

  /** Adds a line; returns the length of the file then. */
  long append(EpochReport report) {
    Path file = folder.resolve(METRICS);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes = ByteBuffer.wrap(line(report).getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      events.append(report);
      return channel.size();
    } catch (IOException e) {
      throw new TrainException(file + ": cannot be written: " + e, e);
    }
  }

  /** Cuts {@code metrics.jsonl} to a length and reads what is left. */
  List<EpochReport> truncateMetrics(long bytes) {
    Path file = folder.resolve(METRICS);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (channel.size() < bytes) {
        throw new TrainException(
            file
                + ": has "
                + channel.size()
                + " bytes where the checkpoint knows of "
                + bytes
                + "; put the lost lines back or overwrite the run");
      }
      channel.truncate(bytes);
    } catch (IOException e) {
      throw new TrainException(file + ": cannot be cut back: " + e, e);
    }
    List<EpochReport> reports = readMetrics(file);
    events.start(reports);
    return reports;
  }

  private static List<EpochReport> readMetrics(Path file) {
    List<EpochReport> reports = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        reports.add(LINE.readValue(line, EpochReport.class));
      }
      return reports;
    } catch (IOException e) {
      throw new TrainException(
          file + ": line " + (reports.size() + 1) + " is no epoch's report: " + e.getMessage(), e);
    }
  }

  /** Writes the parameters and how it ended: the run is finished then. */
  void finish(Map<String, Tensor> parameters, TrainResult result) {
    SafeTensors.write(
        modelFile(),
        parameters,
        Map.of("task", result.task(), "epoch", Integer.toString(result.bestEpoch())));
    try {
      AtomicFiles.writeString(folder.resolve(RESULT), JSON.writeValueAsString(result) + "\n");
    } catch (IOException | UncheckedIOException e) {
      throw new TrainException(folder.resolve(RESULT) + ": cannot be written: " + e, e);
    }
  }

  private static String line(Object value) {
    try {
      return LINE.writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
