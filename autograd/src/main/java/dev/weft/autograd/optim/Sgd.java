package dev.weft.autograd.optim;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Backends;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum (Sutskever et al., ICML 2013, in PyTorch's form): with
 * {@code d = g + λθ} and {@code b ← μb + (1 - δ)d} ({@code b = d} at first), {@code θ ← θ - αb}, or
 * {@code θ - α(d + μb)} with Nesterov's look-ahead; without momentum {@code θ - αd}.
 */
public final class Sgd implements Optimizer {
  private static final String MOMENTUM = "momentum";

  /**
   * The constants of descent.
   *
   * @param learningRate α
   * @param momentum μ; 0: none
   * @param dampening δ
   * @param weightDecay λ
   * @param nesterov whether to look ahead
   */
  public record Options(
      double learningRate,
      double momentum,
      double dampening,
      double weightDecay,
      boolean nesterov) {

    /** Plain descent. */
    public static Options of(double learningRate) {
      return new Options(learningRate, 0, 0, 0, false);
    }

    /** The same with momentum μ. */
    public Options withMomentum(double value) {
      return new Options(learningRate, value, dampening, weightDecay, nesterov);
    }

    /** The same with dampening δ. */
    public Options withDampening(double value) {
      return new Options(learningRate, momentum, value, weightDecay, nesterov);
    }

    /** The same with weight decay λ. */
    public Options withWeightDecay(double value) {
      return new Options(learningRate, momentum, dampening, value, nesterov);
    }

    /** The same with Nesterov's look-ahead. */
    public Options withNesterov() {
      return new Options(learningRate, momentum, dampening, weightDecay, true);
    }
  }

  private final Slots slots;
  private final Options options;
  private double learningRate;

  /** Over parameters by name; they must be contiguous leaves. */
  public Sgd(Map<String, Variable> parameters, Options options) {
    this.slots = new Slots(parameters, List.of(MOMENTUM));
    this.options = options;
    this.learningRate = options.learningRate();
  }

  @Override
  public void step() {
    try (Scope _ = Scope.open()) {
      slots.parameters().forEach(this::update);
    }
  }

  /** Waits for the factor. */
  @Override
  public void step(Tensor factor) {
    double times = factor.item();
    if (!Double.isFinite(times)) {
      return;
    }
    for (Variable parameter : slots.parameters().values()) {
      if (parameter.grad() != null) {
        Ops.scaleInto(parameter.grad(), times);
      }
    }
    step();
  }

  private void update(String name, Variable parameter) {
    if (parameter.grad() == null) {
      return;
    }
    Tensor weight = parameter.value();
    Tensor direction = parameter.grad();
    if (options.weightDecay() != 0) {
      direction = Ops.add(direction, Ops.multiply(weight, options.weightDecay()));
    }
    if (options.momentum() != 0) {
      Tensor buffer = accumulate(name, direction);
      direction =
          options.nesterov()
              ? Ops.add(direction, Ops.multiply(buffer, options.momentum()))
              : buffer;
    }
    Ops.addInto(weight, Ops.multiply(direction, -learningRate));
  }

  private Tensor accumulate(String name, Tensor direction) {
    boolean first = !slots.has(name, MOMENTUM);
    Tensor buffer = slots.get(name, MOMENTUM);
    if (first) {
      Ops.copyInto(buffer, direction);
      return buffer;
    }
    Tensor factor = Tensor.full(buffer.dtype(), Shape.of(), buffer.device(), options.momentum());
    Backends.of(buffer.device())
        .binary(BinaryOp.MULTIPLY, buffer, factor.expand(buffer.shape()), buffer);
    boolean damped = options.dampening() != 0;
    Ops.addInto(buffer, damped ? Ops.multiply(direction, 1 - options.dampening()) : direction);
    return buffer;
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
