package dev.weft.mp4sr.train;

import static dev.weft.autograd.op.CrossEntropy.crossEntropy;
import static dev.weft.autograd.op.Dropout.dropout;
import static dev.weft.autograd.op.Embedding.embedding;
import static dev.weft.autograd.op.MatmulTransposed.matmulTransposed;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.autograd.op.Reduction;
import dev.weft.mp4sr.model.LossListener;
import dev.weft.mp4sr.model.Recommender;
import dev.weft.mp4sr.model.Scorer;
import dev.weft.mp4sr.model.SequenceBatch;
import dev.weft.mp4sr.model.TrainingBatch;
import dev.weft.mp4sr.model.TrainingTask;
import dev.weft.nn.Init;
import dev.weft.nn.Mode;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** The least that can be trained: score(item | last item) = from[last] · to[item]. */
final class Bilinear implements TrainingTask, Recommender {
  private static final int WIDTH = 8;

  private final Map<String, Variable> parameters = new LinkedHashMap<>();
  private int losses;

  /** Set to have the loss of that number, from 1, be NaN. */
  int poisoned = -1;

  Bilinear(int items, long seed) {
    this(items, seed, "from", "to");
  }

  Bilinear(int items, long seed, String from, String to) {
    Weights weights = Weights.random(DType.F32, new RandomSource(seed));
    parameters.put(from, weights.parameter(from, Init.normal(0.1), items + 1, WIDTH));
    parameters.put(to, weights.parameter(to, Init.normal(0.1), items + 1, WIDTH));
  }

  @Override
  public String name() {
    return "bilinear";
  }

  @Override
  public Map<String, Variable> parameters() {
    return parameters;
  }

  private Variable logits(SequenceBatch batch, Mode mode) {
    int[] items = batch.items().toInts();
    int[] last = batch.lengths().toInts();
    for (int row = 0; row < last.length; row++) {
      last[row] = items[row * batch.length() + last[row] - 1];
    }
    var tables = parameters.values().iterator();
    Variable from = embedding(tables.next(), Tensor.of(last, last.length));
    if (mode.isTraining()) {
      from = dropout(from, 0.1, mode.random().nextKey());
    }
    return matmulTransposed(from, tables.next());
  }

  @Override
  public Variable loss(TrainingBatch batch, Mode mode, LossListener parts) {
    Variable loss = crossEntropy(logits(batch.history(), mode), batch.next(), Reduction.MEAN);
    losses++;
    parts.component(
        "entropy", losses == poisoned ? Ops.multiply(loss.value(), Double.NaN) : loss.value());
    return loss;
  }

  @Override
  public Scorer scorer() {
    return batch -> {
      try (var _ = NoGrad.open()) {
        return logits(batch, Mode.inference()).value();
      }
    };
  }

  /** All parameters' bits, for comparison. */
  int[] bits() {
    return parameters.values().stream()
        .flatMapToInt(
            variable -> {
              float[] values = variable.value().toFloats();
              return java.util.stream.IntStream.range(0, values.length)
                  .map(i -> Float.floatToRawIntBits(values[i]));
            })
        .toArray();
  }
}
