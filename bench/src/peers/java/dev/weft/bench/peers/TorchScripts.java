package dev.weft.bench.peers;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.weft.bench.compare.Inputs;
import dev.weft.bench.compare.Job;
import dev.weft.bench.compare.Kind;
import dev.weft.bench.compare.Models;
import dev.weft.bench.compare.StepJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What PyTorch runs from a TorchScript file: backward kernels, the encoders, the training steps.
 */
final class TorchScripts {
  private static final double EPSILON = 1e-5;

  private final Engine engine;
  private final NDManager manager;

  TorchScripts(Engine engine, NDManager manager) {
    this.engine = engine;
    this.manager = manager;
  }

  Job open(Kind kind) {
    return switch (kind) {
      case Kind.Softmax it -> softmaxBackward(it);
      case Kind.LayerNorm it -> layerNormBackward(it);
      case Kind.Gelu it -> geluBackward(it);
      case Kind.Bert it -> bert(it);
      case Kind.ClipImage it -> clip(it);
      case Kind.M2seStep it -> m2seStep(it);
      case Kind.SasRecStep it -> sasRecStep(it);
      default -> throw new IllegalArgumentException("no script for " + kind);
    };
  }

  private Job softmaxBackward(Kind.Softmax it) {
    NDArray y = normal(1, it.rows(), it.columns()).softmax(1);
    return new Script(load("softmax_backward"), y, normal(2, it.rows(), it.columns()));
  }

  private Job layerNormBackward(Kind.LayerNorm it) {
    NDArray x = normal(1, it.rows(), it.columns());
    NDArray mean = x.mean(new int[] {1}, true);
    NDArray variance = x.sub(mean).square().mean(new int[] {1}, true);
    NDArray rstd = variance.add(EPSILON).sqrt().getNDArrayInternal().rdiv(1);
    NDArray gamma = normal(2, it.columns());
    NDArray gradient = normal(4, it.rows(), it.columns());
    return new Script(load("layer_norm_backward"), x, mean, rstd, gamma, gradient);
  }

  private Job geluBackward(Kind.Gelu it) {
    NDArray x = normal(1, it.rows(), it.columns());
    return new Script(load("gelu_backward"), x, normal(2, it.rows(), it.columns()));
  }

  private Job bert(Kind.Bert it) {
    return new Script(load("bert"), longs(Models.tokens(it), it.batch(), it.length()));
  }

  private Job clip(Kind.ClipImage it) {
    Shape shape = new Shape(it.batch(), 3, 224, 224);
    return new Script(load("clip"), manager.create(Models.pixels(it), shape));
  }

  private Job m2seStep(Kind.M2seStep it) {
    NDArray text = features(1, Models.TEXTS);
    NDArray image = features(2, Models.IMAGES);
    NDArray items = longs(Models.histories(), Models.BATCH, Models.LENGTH);
    NDArray next = longs(Models.next(), Models.BATCH);
    return training("m2se", it.dropout(), text, image, items, next);
  }

  private Job sasRecStep(Kind.SasRecStep it) {
    NDArray items = longs(Models.sasRecHistories(), Models.SASREC_BATCH, Models.LENGTH);
    int[] next = Models.sasRecNext();
    return training("sasrec", it.dropout(), items, longs(next, next.length));
  }

  private Job training(String name, double dropout, NDArray... inputs) {
    // Without this option DJL loads tensors that no gradient may pass.
    Map<String, String> options = Map.of("trainParam", "true");
    Model model = load(dropout > 0 ? name : name + "-without-dropout", options);
    return new Training(new Script(model, inputs), engine.newGradientCollector());
  }

  private NDArray features(int index, int sentences) {
    Shape shape = new Shape(Models.ITEMS, sentences, Models.WIDTH);
    return manager.create(Models.features(index, sentences), shape);
  }

  private NDArray normal(int index, long... dims) {
    Shape shape = new Shape(dims);
    return manager.create(Inputs.normal(index, (int) shape.size()), shape);
  }

  private NDArray longs(int[] values, long... dims) {
    return manager.create(Inputs.longs(values), new Shape(dims));
  }

  static Model load(String name) {
    return load(name, Map.of());
  }

  private static Model load(String name, Map<String, String> options) {
    Path folder = Path.of(System.getProperty("weft.bench.models")).toAbsolutePath();
    try {
      Model model = Model.newInstance(name, "PyTorch");
      model.load(folder, name, options);
      return model;
    } catch (IOException | MalformedModelException e) {
      throw new IllegalStateException(folder + ": " + name + ".pt cannot be used", e);
    }
  }

  /** A forward pass; it holds the model, whose block ends with it. */
  private record Script(Model model, ParameterStore store, NDList inputs) implements Job {
    Script(Model model, NDArray... inputs) {
      this(model, new ParameterStore(inputs[0].getManager(), false), new NDList(inputs));
    }

    NDList forward(boolean training) {
      return model.getBlock().forward(store, inputs, training);
    }

    @Override
    public void run() {
      forward(false).close();
    }

    @Override
    public float[] result() {
      try (NDList results = forward(false)) {
        List<float[]> parts = results.stream().map(NDArray::toFloatArray).toList();
        return Inputs.joined(parts);
      }
    }

    @Override
    public void close() {
      model.close();
    }
  }

  /** A script that does a whole training step by itself; the collector lets it record gradients. */
  private record Training(Script script, GradientCollector gradients) implements Job {
    @Override
    public void run() {
      script.forward(true).close();
    }

    @Override
    public float[] result() {
      float[] losses = new float[StepJob.LOSSES];
      Arrays.fill(losses, Float.NaN);
      for (int i = 0; i < losses.length; i++) {
        try (NDList loss = script.forward(true)) {
          losses[i] = loss.singletonOrThrow().getFloat();
        }
      }
      return losses;
    }

    @Override
    public void close() {
      gradients.close();
      script.close();
    }
  }
}
