package dev.weft.mp4sr.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.Adam;
import dev.weft.autograd.optim.Optimizer;
import dev.weft.nn.Mode;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Seven items that follow one another in a circle: every task must learn what comes next. */
class LearningTest {
  private static final M2seConfig CONFIG =
      TinyModel.config().hiddenSize(16).feedForwardSize(32).temperature(0.2).build();

  private static TrainingBatch circle() {
    List<int[]> histories = new ArrayList<>();
    int[] next = new int[TinyModel.ITEMS];
    for (int start = 0; start < TinyModel.ITEMS; start++) {
      int[] history = new int[1 + start % 4];
      for (int i = 0; i < history.length; i++) {
        history[i] = 1 + (start + i) % TinyModel.ITEMS;
      }
      next[start] = 1 + (start + history.length) % TinyModel.ITEMS;
      histories.add(history);
    }
    return TinyModel.batch(next, histories.toArray(int[][]::new));
  }

  private static void train(TrainingTask task, int steps) {
    Mode mode = Mode.training(new RandomSource(5));
    Optimizer optimizer = new Adam(task.parameters(), Adam.Options.of(0.01));
    double first = 0;
    double last = 0;
    for (int step = 0; step < steps; step++) {
      try (var _ = Scope.open()) {
        optimizer.zeroGrad();
        Variable loss = task.loss(circle(), mode, LossListener.NONE);
        loss.backward();
        optimizer.step();
        last = loss.value().item();
        first = step == 0 ? last : first;
      }
    }
    assertTrue(last < first / 2, task.name() + ": loss from " + first + " to " + last);
  }

  private static int hits(Recommender recommender) {
    TrainingBatch batch = circle();
    int[] best;
    try (Scorer scorer = recommender.scorer()) {
      best = Ops.argMax(scorer.score(batch.history())).toInts();
    }
    int[] next = batch.next().toInts();
    int hits = 0;
    for (int i = 0; i < next.length; i++) {
      hits += best[i] == next[i] ? 1 : 0;
    }
    return hits;
  }

  private static Weights weights() {
    return Weights.random(DType.F64, new RandomSource(8));
  }

  @Test
  void pretrainingThenFinetuning() {
    PretrainingTask pretraining = PretrainingTask.create(weights(), CONFIG, TinyModel.complete());
    train(pretraining, 200);
    assertEquals(TinyModel.ITEMS, hits(pretraining), "without any fine-tuning");
    FinetuningTask finetuning =
        FinetuningTask.of(pretraining.encoder(), weights(), TinyModel.complete());
    train(finetuning, 100);
    assertEquals(TinyModel.ITEMS, hits(finetuning));
  }

  @Test
  void inductiveFromTheStart() {
    M2seConfig inductive = CONFIG.with().setting(M2seConfig.Setting.INDUCTIVE).build();
    FinetuningTask task = FinetuningTask.create(weights(), inductive, TinyModel.complete());
    train(task, 200);
    assertEquals(TinyModel.ITEMS, hits(task));
  }

  @Test
  void sasRec() {
    SasRec model = SasRec.create(weights(), CONFIG, TinyModel.ITEMS);
    train(model, 200);
    assertEquals(TinyModel.ITEMS, hits(model));
  }
}
