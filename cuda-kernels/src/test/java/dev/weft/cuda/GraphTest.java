package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import dev.weft.tensor.cpu.HeapStorage;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Work that is noted and done again: the same numbers as done anew, whatever happens in between.
 */
class GraphTest {
  private static final Device CUDA = Device.cuda(0);

  private CudaBackend on;
  private Tensor x;
  private Tensor weight;

  @BeforeEach
  void operands() {
    on = (CudaBackend) Backends.of(CUDA);
    x = normal(1, 6, 20);
    weight = normal(2, 20, 24);
  }

  private static Tensor normal(int seed, int... dims) {
    return Ops.randomNormal(DType.F32, Shape.of(dims), new RandomKey(seed, 0)).to(CUDA);
  }

  /** Several kernels with tensors in between, in scopes of their own. */
  private List<Tensor> work() {
    Tensor scores;
    try (var scope = Scope.open()) {
      Tensor hidden = Ops.matmul(x, weight, MatmulTail.scale(0.5).then(UnaryOp.TANH));
      scores = scope.keep(Ops.softmax(hidden, -1));
    }
    return List.of(scores, Ops.add(scores, scores));
  }

  private float[][] done() {
    try (var _ = Scope.open()) {
      return numbers(work());
    }
  }

  private static float[][] numbers(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::toFloats).toArray(float[][]::new);
  }

  private void exchangeInput(double value) {
    float[] numbers = new float[x.numel()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) Math.sin(value * i);
    }
    on.upload(HeapStorage.of(DType.F32, numbers), x);
  }

  /** Takes memory as another step would, and leaves other numbers there. */
  private static void useMemory() {
    try (var _ = Scope.open()) {
      for (int i = 0; i < 20; i++) {
        Tensor.full(DType.F32, Shape.of(6, 24), CUDA, 7);
      }
    }
  }

  @Test
  void aReplayIsTheWorkWithTodaysNumbers() {
    try (CudaGraph graph = on.capture(this::work)) {
      assertTrue(graph.size() >= 4, "" + graph.size());
      for (int round = 1; round < 4; round++) {
        exchangeInput(round);
        useMemory();
        graph.replay();
        useMemory();
        assertArrayEquals(done(), numbers(graph.results()), "round " + round);
      }
    }
  }

  @Test
  void aReplayIsOneLaunchAndNothingElse() {
    try (CudaGraph graph = on.capture(this::work)) {
      Traffic traffic = on.traffic();
      long fresh = on.memory().freshAllocations();
      graph.replay();
      assertEquals(new Traffic(0, 0, 0, 0, 1), on.traffic().since(traffic));
      assertEquals(fresh, on.memory().freshAllocations());
    }
  }

  @Test
  void itsMemoryIsItsOwnUntilItIsClosed() {
    done();
    long before = on.memory().pooledBytes();
    CudaGraph graph = on.capture(this::work);
    assertEquals(before, on.memory().pooledBytes());
    List<Tensor> results = graph.results();
    graph.replay();
    float[][] last = numbers(results);
    graph.close();
    assertTrue(on.memory().pooledBytes() > before);
    useMemory();
    assertArrayEquals(last, numbers(results), "results stay");
    assertThrows(CudaException.class, graph::replay);
    graph.close();
  }

  @Test
  void whatAGraphCannotHoldIsRefusedAndNothingIsLeftBehind() {
    CudaException up =
        assertThrows(CudaException.class, () -> on.capture(() -> List.of(normal(3, 4, 4))));
    assertTrue(up.getMessage().contains("a copy from the host"), up.getMessage());
    CudaException down =
        assertThrows(
            CudaException.class, () -> on.capture(() -> List.of(Ops.multiply(x, x.toFloats()[0]))));
    assertTrue(down.getMessage().contains("a copy to the host"), down.getMessage());
    float[][] expected = done();
    try (CudaGraph graph = on.capture(this::work)) {
      graph.replay();
      assertArrayEquals(expected, numbers(graph.results()));
    }
  }
}
