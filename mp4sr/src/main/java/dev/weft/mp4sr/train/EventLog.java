package dev.weft.mp4sr.train;

import dev.weft.nn.checkpoint.AtomicFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training's epochs for TensorBoard. Written anew from the epochs known when a training begins or
 * is resumed, so half a record that a kill left is gone then; from there on records are added.
 */
final class EventLog {
  private final Path file;
  private double time;

  EventLog(Path file) {
    this.file = file;
  }

  /** Begins the file with these epochs. */
  void start(List<EpochReport> epochs) {
    double trained = epochs.stream().mapToDouble(EpochReport::seconds).sum();
    time = System.currentTimeMillis() / 1e3 - trained;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(EventFile.header(time));
    epochs.forEach(epoch -> bytes.writeBytes(record(epoch)));
    try {
      AtomicFiles.writeStream(file, bytes::writeTo);
    } catch (IOException e) {
      throw new TrainException(file + ": cannot be written: " + e, e);
    }
  }

  /** Adds an epoch. */
  void append(EpochReport epoch) {
    try {
      Files.write(file, record(epoch), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new TrainException(file + ": cannot be written: " + e, e);
    }
  }

  /** An epoch's figures at the time it ended, as far as the time spent on epochs tells. */
  private byte[] record(EpochReport epoch) {
    time += epoch.seconds();
    Map<String, Double> values = new LinkedHashMap<>();
    epoch.losses().forEach((name, value) -> values.put("training/" + name, value));
    epoch.validation().forEach((name, value) -> values.put("validation/" + name, value));
    values.put("learning_rate", epoch.learningRate());
    values.put("seconds", epoch.seconds());
    return EventFile.scalars(time, epoch.epoch(), values);
  }
}
