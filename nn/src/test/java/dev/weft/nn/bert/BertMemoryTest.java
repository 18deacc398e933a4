package dev.weft.nn.bert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.NoGrad;
import dev.weft.nn.Mode;
import dev.weft.nn.TestFiles;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.Weights;
import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.MemoryUse;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.Threads;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Inference gives back all it takes, takes it again the next time, and depends on no thread. */
class BertMemoryTest {
  private static final List<String> TEXTS = List.of("a red shoe", "a blue shoe and a hat", "tea");

  private static MemoryUse memory() {
    return Backends.of(Device.CPU).memory();
  }

  /** Results that the caller's scope takes are recycled too. */
  private static void assertSettles(Runnable encoding) {
    Runnable call =
        () -> {
          try (var _ = Scope.open()) {
            encoding.run();
          }
        };
    long loaned = memory().loanedBytes();
    call.run();
    assertEquals(loaned, memory().loanedBytes());
    MemoryUse first = memory();
    for (int i = 0; i < 10; i++) {
      call.run();
    }
    assertEquals(loaned, memory().loanedBytes());
    assertEquals(first.freshAllocations(), memory().freshAllocations());
    assertTrue(memory().reusedAllocations() > first.reusedAllocations());
  }

  @Test
  void encodingAgainAllocatesNoStorage() {
    try (BertModel bert = BertModel.load(TestFiles.resource("bert-tiny"))) {
      assertSettles(() -> bert.encode(TEXTS));
      assertSettles(() -> bert.embed(TEXTS, BertPooling.CLS));
      assertSettles(() -> bert.embed(TEXTS, BertPooling.MEAN));
    }
  }

  private static float[] states(BertNetwork network, int threads) {
    Threads.set(threads);
    int[] ids = new SplittableRandom(1).ints(6 * 40, 0, 50).toArray();
    try (var _ = NoGrad.open();
        var _ = Scope.open()) {
      return network
          .forward(Tensor.of(ids, 6, 40), null, Mode.inference())
          .lastHiddenState()
          .value()
          .toFloats();
    }
  }

  @Test
  void sameBitsWithAnyNumberOfThreads() {
    TransformerConfig layers = TransformerConfig.builder(2, 128).heads(4).build();
    BertNetwork network =
        BertNetwork.create(
            Weights.random(DType.F32, new RandomSource(3)), BertConfig.of(50, layers));
    int before = Threads.count();
    try {
      float[] alone = states(network, 1);
      assertArrayEquals(alone, states(network, 2));
      assertArrayEquals(alone, states(network, 3));
    } finally {
      Threads.set(before);
    }
  }
}
