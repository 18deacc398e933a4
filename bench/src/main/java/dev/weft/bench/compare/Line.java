package dev.weft.bench.compare;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

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
  Optional<Map.Entry<String, Figures>> bestPeer() {
    return engines.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(EngineKind.WEFT.label()))
        .filter(entry -> entry.getValue().same())
        .min(Comparator.comparingDouble(entry -> entry.getValue().times().median()));
  }

  /** Best peer's time / our time; NaN where either is missing. */
  @JsonIgnore
  double ratio() {
    if (ours().isEmpty() || bestPeer().isEmpty()) {
      return Double.NaN;
    }
    return bestPeer().get().getValue().times().median() / ours().get().times().median();
  }
}
