package dev.weft.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * One engine with one work in a process of its own: no other engine's threads spin in it, and no
 * other work has formed its profiles. It computes only when told to: each line of standard input is
 * an order, each answered by one line.
 *
 * <pre>
 * warm SECONDS RUNS      runs so long and so often at least; what it answers means nothing
 * measure SECONDS RUNS   the same after some runs that are not counted: the nanoseconds of each
 * </pre>
 */
final class Worker {
  /** Not timed, at the start of a block: the other engine had the caches meanwhile. */
  private static final int RUN_IN = 2;

  private static final int MOST_RUNS = 100_000;

  private final Job job;

  private Worker(Job job) {
    this.job = job;
  }

  /** ENGINE WORK. */
  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err); // libraries greet on standard output
    ObjectMapper json = new ObjectMapper();
    Engine engine = EngineKind.valueOf(args[0]).start();
    Optional<Job> opened = engine.open(Works.named(args[1]).kind());
    if (opened.isEmpty()) {
      answers.println(json.writeValueAsString(Opened.without(engine.versions())));
      return;
    }
    try (Job job = opened.get()) {
      Sample sample = Sample.of(job.result());
      answers.println(json.writeValueAsString(new Opened(engine.versions(), sample)));
      Worker worker = new Worker(job);
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = orders.readLine(); line != null; line = orders.readLine()) {
        answers.println(json.writeValueAsString(worker.obey(line.split(" "))));
      }
    }
  }

  /**
   * The first answer.
   *
   * @param versions what runs
   * @param sample the work's result; null where the engine has no such work
   */
  record Opened(Map<String, String> versions, Sample sample) {
    static Opened without(Map<String, String> versions) {
      return new Opened(versions, null);
    }
  }

  private long[] obey(String[] order) {
    long nanos = (long) (Double.parseDouble(order[1]) * 1e9);
    int least = Integer.parseInt(order[2]);
    return switch (order[0]) {
      case "warm" -> times(nanos, least);
      case "measure" -> {
        for (int i = 0; i < RUN_IN; i++) {
          job.run();
        }
        yield times(nanos, least);
      }
      default -> throw new IllegalArgumentException("no order is called " + order[0]);
    };
  }

  /** The time of each run until all together took {@code nanos} and were {@code least}. */
  private long[] times(long nanos, int least) {
    long[] times = new long[MOST_RUNS];
    int count = 0;
    long start = System.nanoTime();
    long before = start;
    do {
      job.run();
      long now = System.nanoTime();
      times[count++] = now - before;
      before = now;
    } while ((before - start < nanos || count < least) && count < MOST_RUNS);
    return Arrays.copyOf(times, count);
  }
}
