package dev.weft.autograd.optim;

import dev.weft.autograd.Variable;
import dev.weft.tensor.AdamOptions;
import dev.weft.tensor.AdamSlot;
import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam (Kingma and Ba, arXiv 1412.6980): {@code m ← β₁m + (1 - β₁)g}, {@code v ← β₂v + (1 - β₂)g²},
 * {@code θ ← θ - α m̂ / (√v̂ + ε)} with {@code m̂ = m / (1 - β₁ᵗ)} and {@code v̂ = v / (1 - β₂ᵗ)},
 * where t counts the updates of the parameter. Weight decay λ is added to the gradient as λθ, or
 * with {@link Options#withDecoupledWeightDecay} taken off the parameter as αλθ: AdamW (Loshchilov
 * and Hutter, arXiv 1711.05101).
 */
public final class Adam implements Optimizer {
  private static final String M = "m";
  private static final String V = "v";

  /**
   * The constants of Adam.
   *
   * @param learningRate α
   * @param beta1 β₁
   * @param beta2 β₂
   * @param epsilon ε
   * @param weightDecay λ
   * @param decoupled whether the decay is AdamW's
   */
  public record Options(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      boolean decoupled) {

    /** The paper's constants: β₁ 0.9, β₂ 0.999, ε 1e-8, no decay. */
    public static Options of(double learningRate) {
      return new Options(learningRate, 0.9, 0.999, 1e-8, 0, false);
    }

    /** The same with other decays of the moments. */
    public Options withBetas(double first, double second) {
      return new Options(learningRate, first, second, epsilon, weightDecay, decoupled);
    }

    /** The same with another ε. */
    public Options withEpsilon(double value) {
      return new Options(learningRate, beta1, beta2, value, weightDecay, decoupled);
    }

    /** The same with λθ added to the gradient. */
    public Options withWeightDecay(double value) {
      return new Options(learningRate, beta1, beta2, epsilon, value, false);
    }

    /** The same with αλθ taken off the parameter: AdamW. */
    public Options withDecoupledWeightDecay(double value) {
      return new Options(learningRate, beta1, beta2, epsilon, value, true);
    }
  }

  private final Slots slots;
  private final Options options;
  private double learningRate;

  /** Over parameters by name; they must be contiguous leaves. */
  public Adam(Map<String, Variable> parameters, Options options) {
    this.slots = new Slots(parameters, List.of(Slots.STEP, M, V));
    this.options = options;
    this.learningRate = options.learningRate();
  }

  @Override
  public void step() {
    try (Scope _ = Scope.open()) {
      step(Tensor.full(DType.F64, Shape.of(1), Device.CPU, 1));
    }
  }

  /** What one launch can do: parameters of one device with as many updates behind them. */
  private record Group(Device device, long step) {}

  @Override
  public void step(Tensor factor) {
    boolean isKnown = factor.device().equals(Device.CPU);
    if (isKnown && !Double.isFinite(factor.item())) {
      return;
    }
    Map<Group, List<AdamSlot>> groups = new LinkedHashMap<>();
    slots.parameters().forEach((name, parameter) -> collect(name, parameter, groups));
    groups.forEach(
        (group, members) ->
            Backends.of(group.device)
                .adamSteps(options(group.step), members, factor.to(group.device)));
  }

  private void collect(String name, Variable parameter, Map<Group, List<AdamSlot>> groups) {
    if (parameter.grad() != null) {
      Group group = new Group(parameter.value().device(), slots.nextStep(name));
      AdamSlot slot =
          new AdamSlot(parameter.value(), parameter.grad(), slots.get(name, M), slots.get(name, V));
      groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(slot);
    }
  }

  private AdamOptions options(long step) {
    return new AdamOptions(
        learningRate,
        options.beta1(),
        options.beta2(),
        options.epsilon(),
        options.weightDecay(),
        options.decoupled(),
        step);
  }

  @Override
  public void zeroGrad() {
    slots.zeroGrad();
  }

  @Override
  public double learningRate() {
    return learningRate;
  }

  @Override
  public void setLearningRate(double learningRate) {
    this.learningRate = learningRate;
  }

  @Override
  public Map<String, Tensor> state() {
    return slots.all();
  }

  @Override
  public void loadState(Map<String, Tensor> state) {
    slots.load(state);
  }
}
