package dev.weft.autograd;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Attention.attention;
import static dev.weft.autograd.op.CrossEntropy.crossEntropy;
import static dev.weft.autograd.op.Dropout.dropout;
import static dev.weft.autograd.op.Embedding.embedding;
import static dev.weft.autograd.op.LayerNorm.layerNorm;
import static dev.weft.autograd.op.Linear.linear;
import static dev.weft.autograd.op.Mean.mean;
import static dev.weft.autograd.op.Reshape.reshape;
import static dev.weft.autograd.op.Unary.gelu;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.op.Reduction;
import dev.weft.autograd.optim.Adam;
import dev.weft.autograd.optim.GradientClipping;
import dev.weft.autograd.optim.Optimizer;
import dev.weft.tensor.Backends;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.MemoryUse;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A thousand steps of training hold the memory of ten. */
class TrainingMemoryTest {
  private static final int ITEMS = 7;
  private static final int WIDTH = 8;
  private static final int BATCH = 4;
  private static final int SEQ = 6;

  private final Map<String, Variable> parameters = new LinkedHashMap<>();
  private final RandomSource random = new RandomSource(3);

  private Variable parameter(String name, int... dims) {
    RandomKey key = new RandomKey(1, parameters.size());
    Tensor value = Ops.multiply(Ops.randomNormal(DType.F32, Shape.of(dims), key), 0.3);
    return parameters.computeIfAbsent(name, _ -> Variable.parameter(Scope.detach(value)));
  }

  private Variable loss(int[] items, int[] next) {
    Variable table = parameter("table", ITEMS, WIDTH);
    Variable x = embedding(table, Tensor.of(items, BATCH, SEQ));
    Variable heads = reshape(x, BATCH, 1, SEQ, WIDTH);
    Tensor mask = Ops.compare(CompareOp.GREATER, random(), Tensor.scalar(DType.F32, 0.2));
    Variable attended = attention(heads, heads, heads, mask, 0.5, 0.1, random.nextKey());
    Variable hidden = add(x, reshape(attended, BATCH, SEQ, WIDTH));
    Variable norm = layerNorm(hidden, parameter("gamma", WIDTH), parameter("beta", WIDTH), 1e-5);
    Variable active = gelu(linear(norm, parameter("w", WIDTH, WIDTH), parameter("b", WIDTH)));
    Variable pooled = mean(dropout(active, 0.1, random.nextKey()), false, 1);
    return crossEntropy(linear(pooled, table, null), Tensor.of(next), Reduction.MEAN);
  }

  private Tensor random() {
    return Ops.randomUniform(DType.F32, Shape.of(BATCH, 1, 1, SEQ), random.nextKey());
  }

  private double step(Optimizer optimizer, int step) {
    int[] items = new int[BATCH * SEQ];
    int[] next = new int[BATCH];
    for (int row = 0; row < BATCH; row++) {
      next[row] = (step + row) % ITEMS;
      for (int i = 0; i < SEQ; i++) {
        items[row * SEQ + i] = next[row];
      }
    }
    try (Scope _ = Scope.open()) {
      Variable loss = loss(items, next);
      if (optimizer != null) {
        optimizer.zeroGrad();
        loss.backward();
        GradientClipping.clipNorm(parameters.values(), 1);
        optimizer.step();
      }
      return loss.value().item();
    }
  }

  @Test
  void aThousandStepsHoldTheMemoryOfTen() {
    double atFirst = step(null, 0);
    Adam adam = new Adam(parameters, Adam.Options.of(0.01));
    long before = Backends.of(Device.CPU).memory().loanedBytes();
    for (int i = 0; i < 10; i++) {
      step(adam, i);
    }
    MemoryUse afterTen = Backends.of(Device.CPU).memory();
    double last = 0;
    for (int i = 10; i < 1000; i++) {
      last = step(adam, i);
    }
    MemoryUse afterAll = Backends.of(Device.CPU).memory();
    assertEquals(before, afterAll.loanedBytes(), "bytes on loan");
    // What tests before this one left in the pool may go meanwhile.
    assertTrue(afterAll.pooledBytes() <= afterTen.pooledBytes(), "bytes in the pool");
    assertEquals(afterTen.freshAllocations(), afterAll.freshAllocations(), "fresh allocations");
    assertTrue(last < atFirst / 10, "the loss fell from " + atFirst + " to " + last);
  }
}
