package dev.weft.mp4sr.compare;

import dev.weft.mp4sr.compare.Entrant.Start;
import dev.weft.mp4sr.eval.EvalException;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.model.M2seConfig.Modalities;
import dev.weft.mp4sr.model.M2seConfig.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The models of comparisons by name. MP4SR's ablations are named {@code SETTING:ABLATION}, such as
 * {@code mp4sr-inductive:no-mixup}; {@code all}, {@code baselines} and {@code ablations} stand for
 * groups.
 */
public final class Entrants {
  private static final String NO_PRETRAINING = "no-pretraining";
  private static final Map<String, UnaryOperator<M2seConfig>> ABLATIONS = ablations();
  private static final Map<String, Entrant> BASELINES = baselines();
  private static final Map<String, Entrant> KNOWN = known();

  private Entrants() {}

  private static Map<String, UnaryOperator<M2seConfig>> ablations() {
    Map<String, UnaryOperator<M2seConfig>> changes = new LinkedHashMap<>();
    changes.put(NO_PRETRAINING, config -> config);
    changes.put("no-random-dropout", config -> config.with().randomDropout(false).build());
    changes.put("no-mixup", config -> config.with().mixup(false).build());
    changes.put("no-experts", config -> config.with().experts(1).build());
    changes.put("no-nip-text", config -> config.with().nipTextWeight(0).build());
    changes.put("no-nip-image", config -> config.with().nipImageWeight(0).build());
    changes.put("no-cmcl", config -> config.with().cmclWeight(0).build());
    changes.put("text-only", config -> config.with().modalities(Modalities.TEXT).build());
    changes.put("image-only", config -> config.with().modalities(Modalities.IMAGE).build());
    return changes;
  }

  private static Map<String, Entrant> baselines() {
    Map<String, Entrant> baselines = new LinkedHashMap<>();
    add(baselines, Entrant.popularity().named("popularity"));
    add(baselines, Entrant.popularityOfEverything().named("popularity-with-held-out"));
    add(baselines, Entrant.sasRec().named("sasrec"));
    add(baselines, Entrant.sasRecFeatures().named("sasrec-features"));
    for (Setting setting : Setting.values()) {
      add(baselines, Entrant.uniSRec("unisrec-" + name(setting), setting));
    }
    return baselines;
  }

  private static Map<String, Entrant> known() {
    Map<String, Entrant> known = new LinkedHashMap<>();
    for (Setting setting : Setting.values()) {
      add(known, Entrant.mp4sr("mp4sr-" + name(setting), Start.PRETRAINED, setting));
    }
    for (Setting setting : Setting.values()) {
      ABLATIONS.forEach((name, change) -> add(known, ablation(setting, name, change)));
    }
    known.putAll(BASELINES);
    return known;
  }

  private static Entrant ablation(Setting setting, String name, UnaryOperator<M2seConfig> change) {
    return Entrant.mp4sr(
        "mp4sr-" + name(setting) + ":" + name,
        name.equals(NO_PRETRAINING) ? Start.FROM_SCRATCH : Start.PRETRAINED,
        config -> change.apply(config).with().setting(setting).build());
  }

  private static String name(Setting setting) {
    return setting == Setting.INDUCTIVE ? "inductive" : "transductive";
  }

  private static void add(Map<String, Entrant> map, Entrant entrant) {
    map.put(entrant.name(), entrant);
  }

  /** All names, without those of groups. */
  public static List<String> names() {
    return List.copyOf(KNOWN.keySet());
  }

  /**
   * Models by their names and groups, in this order, each once.
   *
   * @throws EvalException naming what is unknown and what there is
   */
  public static List<Entrant> parse(List<String> names) {
    Set<String> chosen = new LinkedHashSet<>();
    for (String name : names) {
      switch (name) {
        case "all" -> chosen.addAll(KNOWN.keySet());
        case "baselines" -> chosen.addAll(BASELINES.keySet());
        case "ablations" ->
            KNOWN.keySet().stream().filter(known -> known.contains(":")).forEach(chosen::add);
        default -> {
          if (!KNOWN.containsKey(name)) {
            throw new EvalException(
                "model \""
                    + name
                    + "\" is unknown; there are "
                    + String.join(", ", KNOWN.keySet())
                    + ", and the groups all, baselines and ablations");
          }
          chosen.add(name);
        }
      }
    }
    if (chosen.isEmpty()) {
      throw new EvalException("no models are named; there are " + String.join(", ", names()));
    }
    List<Entrant> entrants = new ArrayList<>();
    chosen.forEach(name -> entrants.add(KNOWN.get(name)));
    return entrants;
  }
}
