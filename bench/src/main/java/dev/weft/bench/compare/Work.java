package dev.weft.bench.compare;

/**
 * One line of the comparison.
 *
 * @param name what the table calls it
 * @param group works that share a geometric mean
 * @param kind what is computed
 * @param threads how many threads compute; 0: as many as the run was given
 * @param asked the ratio best peer / ours that it must have; 0: none
 * @param aim the ratio it should have; 0: none
 * @param flops floating-point operations, a multiply-add counted as two; 0: not what limits it
 * @param bytes read and written at least; 0: not what limits it
 */
public record Work(
    String name,
    String group,
    Kind kind,
    int threads,
    double asked,
    double aim,
    double flops,
    double bytes) {

  Work(String name, String group, Kind kind, double asked, double aim) {
    this(name, group, kind, 0, asked, aim, Cost.flops(kind), Cost.bytes(kind));
  }

  Work onThreads(int count) {
    return new Work(name, group, kind, count, asked, aim, flops, bytes);
  }

  /** The number of threads in a run that was given {@code given}. */
  int threadsOf(int given) {
    return threads == 0 ? given : threads;
  }
}
