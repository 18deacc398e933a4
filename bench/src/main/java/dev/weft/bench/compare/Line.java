package dev.weft.bench.compare;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one work measured.
 *
 * @param work the work's name
 * @param group works that share a geometric mean
 * @param threads how many computed
 * @param asked ratio that it must have; 0: none
 * @param aim ratio that it should have; 0: none
 * @param flops operations of one run; 0: none counted
 * @param bytes moved by one run at least; 0: none counted
 * @param engines what each engine did, by its label, in the order of the turns
 */
record Line(
    String work,
    String group,
    int threads,
    double asked,
    double aim,
    double flops,
    double bytes,
    Map<String, Figures> engines) {

  /**
   * One engine's part.
   *
   * @param times its times
   * @param difference of its result from the first engine's, in units of the root mean square
   * @param same whether that is near enough
   */
  record Figures(Statistics times, double difference, boolean same) {}

  @JsonIgnore
  Optional<Figures> ours() {
    return Optional.ofNullable(engines.get(EngineKind.WEFT.label()));
  }

  /** The fastest peer that computed the same. */
  @JsonIgnore
  Optional<EngineKind> bestPeer() {
    return best(EnumSet.allOf(EngineKind.class));
  }

  /** The fastest of those peers that run as they were installed. */
  @JsonIgnore
  Optional<EngineKind> bestAsInstalled() {
    EnumSet<EngineKind> engines = EnumSet.allOf(EngineKind.class);
    engines.removeIf(engine -> !engine.asInstalled());
    return best(engines);
  }

  private Optional<EngineKind> best(Set<EngineKind> among) {
    return among.stream()
        .filter(engine -> engine != EngineKind.WEFT)
        .filter(engine -> engines.containsKey(engine.label()) && figures(engine).same())
        .min(Comparator.comparingDouble(engine -> figures(engine).times().median()));
  }

  private Figures figures(EngineKind engine) {
    return engines.get(engine.label());
  }

  /** A peer's time / our time; NaN where either is missing. */
  @JsonIgnore
  double ratio(Optional<EngineKind> peer) {
    if (ours().isEmpty() || peer.isEmpty()) {
      return Double.NaN;
    }
    return figures(peer.get()).times().median() / ours().get().times().median();
  }

  /** Best peer's time / our time; NaN where either is missing. */
  @JsonIgnore
  double ratio() {
    return ratio(bestPeer());
  }
}
