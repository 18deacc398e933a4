package dev.weft.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The comparison's end of a {@link Worker}. */
final class WorkerProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LAST_WORDS_SECONDS = 10;

  private final EngineKind engine;
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter orders;
  private final Path log;
  private final Worker.Opened opened;

  private WorkerProcess(EngineKind engine, Process process, Path log) throws IOException {
    this.engine = engine;
    this.process = process;
    this.log = log;
    answers = process.inputReader(StandardCharsets.UTF_8);
    orders = process.outputWriter(StandardCharsets.UTF_8);
    opened = JSON.readValue(answer('{'), Worker.Opened.class);
  }

  /**
   * Starts an engine with a work and waits until it is ready.
   *
   * @throws IOException if it does not get ready; the message says where its log is
   */
  static WorkerProcess start(EngineKind engine, Work work, Settings settings) throws IOException {
    Path log = settings.output().resolve("logs").resolve(fileName(engine, work));
    ProcessBuilder builder = new ProcessBuilder(command(engine, work, settings));
    builder.environment().putAll(engine.environment(work.threadsOf(settings.threads())));
    builder.redirectError(log.toFile());
    return new WorkerProcess(engine, builder.start(), log);
  }

  private static String fileName(EngineKind engine, Work work) {
    String words = work.name().replaceAll("[^\\p{Alnum}]+", "-");
    return words + "-" + engine.name().toLowerCase(Locale.ROOT) + ".log";
  }

  private static List<String> command(EngineKind engine, Work work, Settings settings) {
    List<String> command = new ArrayList<>();
    command.add(String.join(File.separator, System.getProperty("java.home"), "bin", "java"));
    command.addAll(List.of("-XX:+UseParallelGC", "-XX:MaxRAMPercentage=40"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Djava.awt.headless=true"));
    command.add("-Dweft.threads=" + work.threadsOf(settings.threads()));
    command.add("-Dweft.bench.models=" + settings.models());
    if (engine == EngineKind.WEFT) {
      command.addAll(settings.backend().jvmArguments());
      command.addAll(settings.jvmOptions());
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Worker.class.getName(), engine.name(), work.name()));
    return command;
  }

  EngineKind engine() {
    return engine;
  }

  /** What runs there, and its result; the result is null where it has no such work. */
  Worker.Opened opened() {
    return opened;
  }

  /** Runs untimed, so long and so often at least. */
  void warm(double seconds, int runs) throws IOException {
    order("warm", seconds, runs);
  }

  /** The nanoseconds of each run. */
  long[] measure(double seconds) throws IOException {
    return order("measure", seconds, 1);
  }

  private long[] order(String verb, double seconds, int runs) throws IOException {
    orders.write(verb + " " + seconds + " " + runs + "\n");
    orders.flush();
    return JSON.readValue(answer('['), long[].class);
  }

  /** The next line that is an answer, not a greeting of native code. */
  private String answer(char first) throws IOException {
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (!line.isEmpty() && line.charAt(0) == first) {
        return line;
      }
    }
    throw new IOException(engine.label() + " ended; its last words are in " + log);
  }

  @Override
  public void close() throws IOException {
    try {
      orders.close();
      if (!process.waitFor(LAST_WORDS_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
