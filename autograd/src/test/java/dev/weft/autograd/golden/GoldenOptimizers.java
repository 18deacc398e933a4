package dev.weft.autograd.golden;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.Adam;
import dev.weft.autograd.optim.Optimizer;
import dev.weft.autograd.optim.Sgd;
import java.util.Map;

/** The manifest's optimiser names and options, bound to ours. */
final class GoldenOptimizers {
  private GoldenOptimizers() {}

  static Optimizer create(String name, Arguments options, Variable parameter) {
    Map<String, Variable> parameters = Map.of("weight", parameter);
    double rate = options.get("lr").asDouble();
    double decay = options.number("weight_decay", 0);
    return switch (name) {
      case "sgd" -> new Sgd(parameters, sgd(rate, decay, options));
      case "adam" -> new Adam(parameters, adam(rate, options).withWeightDecay(decay));
      case "adamw" ->
          new Adam(
              parameters,
              adam(rate, options).withDecoupledWeightDecay(options.number("weight_decay", 0.01)));
      default -> throw new IllegalArgumentException("optimizer " + name + " is unknown here");
    };
  }

  private static Sgd.Options sgd(double rate, double decay, Arguments options) {
    Sgd.Options result =
        Sgd.Options.of(rate)
            .withWeightDecay(decay)
            .withMomentum(options.number("momentum", 0))
            .withDampening(options.number("dampening", 0));
    return options.flag("nesterov") ? result.withNesterov() : result;
  }

  private static Adam.Options adam(double rate, Arguments options) {
    Adam.Options result = Adam.Options.of(rate).withEpsilon(options.number("eps", 1e-8));
    if (!options.has("betas")) {
      return result;
    }
    return result.withBetas(
        options.get("betas").get(0).asDouble(), options.get("betas").get(1).asDouble());
  }
}
