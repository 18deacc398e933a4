package dev.weft.mp4sr.train;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.Adam;
import dev.weft.autograd.optim.Optimizer;
import dev.weft.autograd.optim.Schedule;
import java.util.Map;

/** Optimiser and schedule as the options say. */
final class Optimizers {
  private Optimizers() {}

  static Optimizer optimizer(TrainOptions options, Map<String, Variable> parameters) {
    Adam.Options adam = Adam.Options.of(options.learningRate());
    return new Adam(
        parameters,
        switch (options.optimizer()) {
          case ADAM -> adam.withWeightDecay(options.weightDecay());
          case ADAMW -> adam.withDecoupledWeightDecay(options.weightDecay());
        });
  }

  static Schedule schedule(TrainOptions options, int stepsPerEpoch) {
    double peak = options.learningRate();
    long total = (long) options.epochs() * stepsPerEpoch;
    long warmUp = Math.min(options.warmUpSteps(), total);
    return switch (options.decay()) {
      case CONSTANT -> Schedule.warmUp(peak, warmUp);
      case LINEAR -> Schedule.linear(peak, warmUp, total);
      case COSINE -> Schedule.cosine(peak, warmUp, total);
    };
  }
}
