package dev.weft.bench.compare;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs every work on ours and on every peer that has it, in turns, and writes what came out. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Ours beside PyTorch, ONNX Runtime and ND4J: one table, one chart, one JSON file.")
public final class Compare implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--engines",
      split = ",",
      description = "who takes part, by turns in this order: ${COMPLETION-CANDIDATES}")
  private List<EngineKind> engines = List.of(EngineKind.values());

  @Option(names = "--threads", description = "for every engine (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--backend", description = "our loops: SIMD, or PLAIN without the Vector API")
  private Settings.LoopKind backend = Settings.LoopKind.SIMD;

  @Option(
      names = "--jvm",
      paramLabel = "OPTION",
      description = "for our process, for example --jvm=-XX:+UseTransparentHugePages")
  private List<String> jvmOptions = List.of();

  @Option(names = "--only", paramLabel = "REGEX", description = "works whose name has a match")
  private Pattern only = Pattern.compile("");

  @Option(names = "--rounds", description = "turns of each engine (default: ${DEFAULT-VALUE})")
  private int rounds = 5;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description = "of each engine, for each work (default: ${DEFAULT-VALUE})")
  private double warmUp = 4;

  @Option(
      names = "--warm-up-runs",
      paramLabel = "RUNS",
      description = "at least so many (default: ${DEFAULT-VALUE})")
  private int warmUpRuns = 10;

  @Option(
      names = "--block",
      paramLabel = "SECONDS",
      description = "of a turn (default: ${DEFAULT-VALUE})")
  private double block = 1;

  @Option(
      names = "--pause",
      paramLabel = "SECONDS",
      description = "before a turn (default: ${DEFAULT-VALUE})")
  private double pause = 0.3;

  @Option(names = "--models", paramLabel = "DIR", description = "what bench/peers/models.py wrote")
  private Path models = Path.of("bench", "target", "peers", "models");

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "for results.json, results.md, ratios.png, logs (default: ${DEFAULT-VALUE})")
  private Path output = Path.of("bench", "target", "compare");

  @Option(names = "--add", description = "keep the output's works that are not measured now")
  private boolean add;

  private final Map<String, Map<String, String>> versions = new LinkedHashMap<>();

  /** Exit code 0: done; 1: failed; 2: wrong usage. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Compare()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Settings settings =
        new Settings(
            engines,
            threads,
            backend,
            jvmOptions,
            rounds,
            warmUp,
            warmUpRuns,
            block,
            pause,
            models,
            output);
    Files.createDirectories(output.resolve("logs"));
    String date = Instant.now().truncatedTo(ChronoUnit.MINUTES).toString();
    List<Line> lines = new ArrayList<>();
    for (Work work : Works.all()) {
      if (only.matcher(work.name()).find()) {
        Line line = measure(work, settings);
        lines.add(line);
        say(line);
      }
    }
    write(
        new Report(date, commandLine(), Machine.here(), threads, backend.name(), versions, lines));
    return 0;
  }

  private Line measure(Work work, Settings settings) throws IOException {
    List<WorkerProcess> players = new ArrayList<>();
    try {
      for (EngineKind engine : settings.engines()) {
        open(engine, work, settings, players);
      }
      List<Rounds.Player> turns = new ArrayList<>();
      players.forEach(player -> turns.add(() -> player.measure(settings.blockSeconds())));
      List<List<long[]>> times = Rounds.play(turns, settings.rounds(), settings.pauseSeconds());
      return line(work, settings, players, times);
    } finally {
      for (WorkerProcess player : players) {
        player.close();
      }
    }
  }

  /** Adds the engine to those who play, or says why it does not. */
  private void open(EngineKind engine, Work work, Settings settings, List<WorkerProcess> players) {
    try {
      WorkerProcess player = WorkerProcess.start(engine, work, settings);
      versions.putIfAbsent(engine.label(), player.opened().versions());
      if (player.opened().sample() == null) {
        player.close();
      } else {
        player.warm(settings.warmUpSeconds(), settings.warmUpRuns());
        players.add(player);
      }
    } catch (IOException e) {
      tell(work.name() + ": " + e.getMessage());
    }
  }

  private static Line line(
      Work work, Settings settings, List<WorkerProcess> players, List<List<long[]>> times) {
    Map<String, Line.Figures> figures = new LinkedHashMap<>();
    Sample first = players.isEmpty() ? null : players.getFirst().opened().sample();
    for (int i = 0; i < players.size(); i++) {
      WorkerProcess player = players.get(i);
      double difference = player.opened().sample().differenceFrom(first);
      figures.put(
          player.engine().label(),
          new Line.Figures(
              Statistics.of(times.get(i)), difference, difference <= work.kind().tolerance()));
    }
    return new Line(
        work.name(),
        work.group(),
        work.threadsOf(settings.threads()),
        work.asked(),
        work.aim(),
        work.flops(),
        work.bytes(),
        figures);
  }

  private void write(Report measured) throws IOException {
    Path json = output.resolve("results.json");
    Report report = add && Files.exists(json) ? measured.addedTo(Report.read(json)) : measured;
    report.write(json);
    String page = MarkdownTable.of(report);
    Files.writeString(output.resolve("results.md"), page);
    RatioChart.write(report, output.resolve("ratios.png"));
    PrintWriter out = spec.commandLine().getOut();
    out.print(page);
    out.flush();
  }

  private void say(Line line) {
    StringBuilder text = new StringBuilder(line.work());
    line.engines()
        .forEach(
            (engine, figures) ->
                text.append("  ")
                    .append(engine)
                    .append(' ')
                    .append(MarkdownTable.number(figures.times().median())));
    tell(text.append("  ratio ").append(MarkdownTable.number(line.ratio())).toString());
  }

  private void tell(String text) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(text);
    err.flush();
  }

  private String commandLine() {
    List<String> words = new ArrayList<>(List.of("bench/compare.sh"));
    words.addAll(spec.commandLine().getParseResult().originalArgs());
    return String.join(" ", words);
  }
}
